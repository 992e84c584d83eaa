import type { FastifyReply } from "fastify";
import type { Refusal } from "../receive/refusal.ts";

/**
 * SDKs wait 30 s between tries. Those that count such tries still retry for minutes; with a few seconds they would
 * give up within half a minute.
 */
const retryAfterSeconds = 30;

/** Replies to a request: `{"success":true}`, with what more there is to say of it, or why it was refused. */
export function sendReply(
  reply: FastifyReply,
  refusal: Refusal | undefined,
  more: { readonly [name: string]: unknown } = {},
): FastifyReply {
  if (refusal === undefined) return reply.send({ success: true, ...more });
  const { status, reason, message, details } = refusal;
  if (status === 429) reply.header("retry-after", retryAfterSeconds);
  return reply.code(status).send({ success: false, error: { reason, message, ...details } });
}
