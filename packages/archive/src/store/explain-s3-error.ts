import { ArchiveError } from "../archive-error.ts";

type S3Failure = { name?: string; code?: string; message?: string; $metadata?: { httpStatusCode?: number } };

const credentialNames = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "InvalidToken",
  "AuthorizationHeaderMalformed",
  "CredentialsProviderError",
]);
const unreachableCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
]);

/** True when the object does not exist; its bucket does. */
export function isAbsent(error: unknown): boolean {
  return (error as S3Failure).name === "NoSuchKey";
}

/**
 * A failed request as one sentence. The SDK's error is not kept as its cause: it has the request's headers and, from some
 * servers, what was signed.
 */
export function explainS3Error(
  error: unknown,
  place: { where: string; endpoint: string | undefined },
): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const { where, endpoint = "AWS" } = place;
  const { name = "Error", code = "", $metadata, message = "" } = error as S3Failure;
  const status = $metadata?.httpStatusCode;
  if (credentialNames.has(name)) {
    return new ArchiveError(
      "credentials",
      `The archive ${where} refused the credentials (${name}): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of this machine`,
    );
  }
  if (name === "NoSuchBucket") {
    return new ArchiveError(
      "no-bucket",
      `The bucket of the archive ${where} does not exist at ${endpoint}: create it, or correct ARCHIVE_URL`,
    );
  }
  // The SDK calls a reset connection a timeout too.
  if (unreachableCodes.has(code)) {
    return new ArchiveError(
      "unreachable",
      `The archive ${where} cannot be reached (${code}): check that ${endpoint} is up, and ARCHIVE_S3_ENDPOINT`,
    );
  }
  if (name === "AbortError" || name === "TimeoutError") {
    return new ArchiveError(
      "timeout",
      `The archive ${where} did not answer in time: check that ${endpoint} is up and reachable`,
    );
  }
  if (status === 403) {
    return new ArchiveError(
      "permission",
      `The archive ${where} refused a request (${name}): let its user list, get, put and delete objects there`,
    );
  }
  if (name === "PermanentRedirect" || status === 301) {
    return new ArchiveError(
      "setting",
      `The bucket of the archive ${where} is in another region: correct ARCHIVE_S3_REGION`,
    );
  }
  if (message === "Region is missing") {
    return new ArchiveError("setting", `The archive ${where} needs a region: set ARCHIVE_S3_REGION`);
  }
  return new ArchiveError(
    "unexpected",
    `The archive ${where} failed (${[name, code, status].filter(Boolean).join(", ")}): check ${endpoint}`,
  );
}
