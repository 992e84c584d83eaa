/** An API key that is not given out. Its message says why, and what a person has to do. */
export class ApiKeyError extends Error {
  override name = "ApiKeyError";
}

/** The connection names a host that is not Customer.io's, which the operator does not allow (any more). */
export class CustomUrlError extends ApiKeyError {
  override name = "CustomUrlError";

  constructor() {
    super(
      "The connection has a custom URL, but API Keys are sent only to Customer.io's own hosts: set ALLOW_CUSTOM_TRACK_URL=true, or remove the URL.",
    );
  }
}
