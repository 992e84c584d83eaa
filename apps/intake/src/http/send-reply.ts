import type { FastifyReply } from "fastify";
import { Refusal } from "../receive/refusal.ts";

/**
 * SDKs wait 30 s between tries. Those that count such tries still retry for minutes; with a few seconds they would
 * give up within half a minute.
 */
const retryAfterSeconds = 30;

/** Replies to a request: `{"success":true}`, with what more there is to say of it, or why it was refused. */
export function sendReply(
  reply: FastifyReply,
  received: object,
  more: { readonly [name: string]: unknown } = {},
): FastifyReply {
  if (!(received instanceof Refusal)) return reply.send({ success: true, ...more });
  const { status, reason, message, details } = received;
  if (status === 429) reply.header("retry-after", retryAfterSeconds);
  return reply.code(status).send({ success: false, error: { reason, message, ...details } });
}
