import { createSparseLog, type Logger } from "@customerio-router/service";
import type { IntakeMetrics } from "../intake-metrics.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Counts, logs and returns a reply that is a refusal. Logs at most one line a second per reason, since any client can
 * cause refusals; the line contains nothing from the request but the id of a trace.
 */
export function reportRefusals({
  logger,
  metrics,
}: {
  logger: Logger;
  metrics: Pick<IntakeMetrics, "countRefused">;
}): (refusal: Refusal, traceId?: string) => Refusal {
  const log = createSparseLog(logger);
  return (refusal, traceId) => {
    const { status, reason, details } = refusal;
    metrics.countRefused(refusal);
    log.warn(
      reason,
      { status, reason, ...details, ...(traceId !== undefined && { traceId }) },
      "refused a request",
    );
    return refusal;
  };
}
