import type { Logger } from "@customerio-router/service";
import type { Delivery } from "../retry/follow-answer.ts";

/** One line that tells the whole story of a request to Customer.io. */
export function logDelivery(logger: Logger, { batch, answer, decision }: Delivery): void {
  const people = new Set(batch.operations.map(({ keys }) => keys[0])).size;
  const line = {
    operations: batch.operations.length,
    people,
    bytes: batch.bytes,
    status: answer.status,
    durationMs: Math.round(answer.durationMs),
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
