import { valueAt } from "@customerio-router/messages";

/**
 * The write key that a request shows before its body: the user name of Basic authentication (old SDKs leave out the
 * colon), or in the query. It goes before one in the body.
 */
export function findWriteKey(authorization: string | undefined, query: unknown): string | undefined {
  return firstText(basicUserName(authorization), valueAt(query, "writeKey"));
}

/** The write key within a body: its own, or that of the first message of a batch. */
export function findWriteKeyInBody(body: unknown): string | undefined {
  const batch = valueAt(body, "batch");
  const first: unknown = Array.isArray(batch) ? batch[0] : undefined;
  return firstText(valueAt(body, "writeKey"), valueAt(first, "writeKey"));
}

function firstText(...places: unknown[]): string | undefined {
  return places.find((place) => typeof place === "string" && place !== "") as string | undefined;
}

/** The user name of Basic authentication. */
export function basicUserName(authorization: string | undefined): string | undefined {
  const [, credentials] = /^basic +(\S+)/i.exec(authorization ?? "") ?? [];
  if (credentials === undefined) return undefined;
  return Buffer.from(credentials, "base64").toString().split(":", 1)[0];
}
