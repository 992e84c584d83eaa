import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * On every reply, errors too: a browser shows a script no reply without them, and an SDK takes a 400 it cannot see
 * for a broken network and sends it again for minutes. Any page may send, no cookie is ever looked at.
 */
export const crossOriginHeaders = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after",
} as const;

/** Browsers keep the reply to a preflight two hours at most. */
const preflightSeconds = 7_200;

/** A hook before all routes: answers what a browser asks before it lets a page send. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (request.method !== "OPTIONS") {
    done();
    return;
  }
  // SDKs send their own headers, and more on a resend: every requested header is allowed.
  const asked = request.headers["access-control-request-headers"];
  if (asked) reply.header("access-control-allow-headers", asked);
  reply.header("access-control-allow-methods", "GET, POST, OPTIONS");
  reply.header("access-control-max-age", preflightSeconds);
  reply.header("vary", "access-control-request-headers");
  reply.code(204).send();
}
