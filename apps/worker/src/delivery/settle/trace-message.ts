import type { Outcome, Trace } from "@customerio-router/reports";
import type { PendingMessage } from "../pending.ts";

/** How a message came to its outcome: the requests that carried it, and what was sent. */
export function traceMessage({ entry, rules, operations, outcome }: PendingMessage): Trace {
  // The pieces of one identify mostly share their requests.
  const attempts = [...new Set(operations.flatMap(({ tries }) => tries.attempts))];
  const requests = Math.max(0, ...operations.map(({ tries }) => tries.requests));
  return {
    entry,
    outcome: outcome as Outcome,
    requests,
    attempts,
    rules,
    operations: requests === 0 ? [] : operations,
  };
}
