import type { FastifyInstance } from "fastify";

/** Lets every body through unread, whatever its content type says, and an empty one too. */
export function acceptRawBodies(app: FastifyInstance, { limitBytes }: { limitBytes: number }): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: limitBytes }, (_request, body, done) =>
    done(null, body),
  );
}

/** The JSON in such a body, and its size; undefined for what is no JSON. */
export function readRawBody(body: unknown): { json: unknown; bodyBytes: number } {
  if (!Buffer.isBuffer(body)) return { json: undefined, bodyBytes: 0 };
  return { json: parseJson(body.toString()), bodyBytes: body.length };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
