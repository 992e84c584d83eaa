import type { Answer } from "./track-route.ts";

/** A Site ID and its API Key, the user name and password of HTTP Basic. */
export type KeyPair = { siteId: string; apiKey: string };

/** Says of an `Authorization` header whether it holds one of the pairs. */
export function createKeyCheck(keys: readonly KeyPair[]): (authorization: string | undefined) => boolean {
  const accepted = new Set(keys.map(({ siteId, apiKey }) => `${siteId}:${apiKey}`));
  return (authorization) => {
    const [, token] = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? "") ?? [];
    return token !== undefined && accepted.has(Buffer.from(token, "base64").toString());
  };
}

/** The specification gives a 401 no body; this is the shape of v1's other errors of one sentence. */
export const unauthorized: Answer = { status: 401, body: { meta: { error: "Unauthorized request" } } };
