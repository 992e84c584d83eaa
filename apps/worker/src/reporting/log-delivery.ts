import type { Logger } from "@customerio-router/service";
import type { Delivery } from "../retry/follow-reply.ts";

/** Logs one line per request to Customer.io, with everything that happened. */
export function logDelivery(logger: Logger, { batch, reply, decision }: Delivery): void {
  const people = new Set(batch.operations.map(({ keys }) => keys[0])).size;
  const line = {
    operations: batch.operations.length,
    people,
    bytes: batch.bytes,
    status: reply.status,
    durationMs: Math.round(reply.durationMs),
    attempt: Math.max(...batch.operations.map(({ tries }) => tries.requests)),
    decision: decision.kind,
    ...(decision.kind === "settled" && decision.rejected.size > 0
      ? { rejected: decision.rejected.size }
      : {}),
    ...("why" in decision ? { why: decision.why } : {}),
  };
  if (decision.kind === "settled" && decision.rejected.size === 0) logger.info(line, "delivered");
  else logger.warn(line, decision.kind === "settled" ? "delivered in part" : "not delivered");
}
