import type { Entry } from "@customerio-router/messages";
import type { Outcome } from "../outcome.ts";
import type { MessageRecord } from "./record.ts";
import type { Trace } from "./traces.ts";

/** The entry that a record is of. */
export function entryOf({
  message,
  from,
  salvaged,
  warnings,
  treated,
  traceparent,
  replay,
}: MessageRecord): Entry {
  return {
    message,
    ...(from && { from }),
    ...(salvaged && { salvaged }),
    ...(warnings && { warnings }),
    ...(treated && { treated }),
    ...(traceparent && { traceparent }),
    ...(replay && { replay }),
  };
}

/** How its message came to its outcome. */
export function traceOf(record: MessageRecord): Trace {
  const { requests, attempts, operations, rules } = record;
  return {
    entry: entryOf(record),
    outcome: outcomeOf(record),
    requests,
    attempts,
    ...(rules && { rules }),
    operations: operations.map((operation) => ({ operation, json: JSON.stringify(operation) })),
  };
}

function outcomeOf({ outcome: kind, reason = "", rejection }: MessageRecord): Outcome {
  if (kind === "rejected") return { kind, rejection: rejection ?? { reason: "unknown", message: "" } };
  return kind === "skipped" ? { kind, reason } : { kind };
}
