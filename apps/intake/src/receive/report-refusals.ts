import { createSparseLog, type Logger } from "@customerio-router/service";
import type { IntakeMetrics } from "../intake-metrics.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Counts and logs a refusal, if it is one, and hands it on. Of each reason at most one line a second is logged:
 * anybody can have a request refused. Nothing that came with it is in the line.
 */
export function reportRefusals({
  logger,
  metrics,
}: {
  logger: Logger;
  metrics: Pick<IntakeMetrics, "countRefused">;
}): <Result extends Refusal | undefined>(refusal: Result) => Result {
  const log = createSparseLog(logger);
  return (refusal) => {
    if (refusal !== undefined) {
      const { status, reason, details } = refusal;
      metrics.countRefused(refusal);
      log.warn(reason, { status, reason, ...details }, "refused a request");
    }
    return refusal;
  };
}
