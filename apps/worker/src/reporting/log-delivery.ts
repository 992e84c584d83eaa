import type { Logger } from "@customerio-router/service";
import type { Delivery } from "../retry/follow-reply.ts";

const summaryMs = 10_000;

/** What one connection's requests to Customer.io say in the log. */
export type DeliveryLog = {
  /** What went well is a line of level `debug`, and summed up every 10 s; the rest is a line of its own, and says when the next try is. */
  add(delivery: Delivery): void;
  /** Writes the summary that is due. */
  flush(): void;
};

type Summary = { requests: number; operations: number; bytes: number; slowestMs: number };

export function createDeliveryLog(
  logger: Pick<Logger, "debug" | "info" | "warn">,
  everyMs = summaryMs,
): DeliveryLog {
  let summary: Summary | undefined;
  let due: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(due);
    if (summary !== undefined) logger.info(summary, "delivered");
    summary = undefined;
  }

  function sum({ batch, reply }: Delivery): void {
    if (summary === undefined) {
      summary = { requests: 0, operations: 0, bytes: 0, slowestMs: 0 };
      due = setTimeout(flush, everyMs).unref();
    }
    summary.requests += 1;
    summary.operations += batch.operations.length;
    summary.bytes += batch.bytes;
    summary.slowestMs = Math.max(summary.slowestMs, Math.round(reply.durationMs));
  }

  return {
    add(delivery) {
      const { decision } = delivery;
      if (decision.kind !== "settled") logger.warn(lineOf(delivery), "not delivered");
      else if (decision.rejected.size > 0) logger.warn(lineOf(delivery), "delivered in part");
      else {
        logger.debug(lineOf(delivery), "delivered a request");
        sum(delivery);
      }
    },
    flush,
  };
}

/** Everything that happened with one request. */
function lineOf({ batch, reply, decision, pauseMs }: Delivery) {
  const people = new Set(batch.operations.map(({ keys }) => keys[0])).size;
  const isRetried = decision.kind === "failed" || decision.kind === "deferred";
  return {
    operations: batch.operations.length,
    people,
    bytes: batch.bytes,
    status: reply.status,
    durationMs: Math.round(reply.durationMs),
    attempt: Math.max(...batch.operations.map(({ tries }) => tries.requests)),
    decision: decision.kind,
    ...(batch.traceId !== undefined && { traceId: batch.traceId }),
    ...(decision.kind === "settled" && decision.rejected.size > 0
      ? { rejected: decision.rejected.size }
      : {}),
    ...("why" in decision ? { why: decision.why } : {}),
    ...(isRetried && { nextTryAt: new Date(Date.now() + pauseMs).toISOString() }),
  };
}
