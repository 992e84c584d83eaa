import { valueAt } from "@customerio-router/messages";

/** Where a request may carry its write key. */
export type WriteKeyPlaces = { authorization?: string | undefined; query: unknown; body: unknown };

/**
 * The write key of a request, from the first place that has one: the user name of Basic authentication (old SDKs
 * leave out the colon), the query, the body, the first message of a batch.
 */
export function findWriteKey({ authorization, query, body }: WriteKeyPlaces): string | undefined {
  const batch = valueAt(body, "batch");
  const places = [
    basicUserName(authorization),
    valueAt(query, "writeKey"),
    valueAt(body, "writeKey"),
    valueAt(Array.isArray(batch) ? batch[0] : undefined, "writeKey"),
  ];
  return places.find((place) => typeof place === "string" && place !== "") as string | undefined;
}

/** The user name of Basic authentication. */
export function basicUserName(authorization: string | undefined): string | undefined {
  const [, credentials] = /^basic +(\S+)/i.exec(authorization ?? "") ?? [];
  if (credentials === undefined) return undefined;
  return Buffer.from(credentials, "base64").toString().split(":", 1)[0];
}
