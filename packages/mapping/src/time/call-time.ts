import { type Call, parseTime } from "@customerio-router/messages";
import { type Warning, warning } from "../map-result.ts";
import { secondsOf } from "./dates.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** The fields that may tell when a call happened; the first that can be read counts. */
const fields = ["timestamp", "originalTimestamp", "receivedAt"] as const;

type CallTime = { field: (typeof fields)[number]; ms: number };

export function findTime(call: Call): CallTime | undefined {
  for (const field of fields) {
    const ms = parseTime(call[field]);
    if (ms !== undefined) return { field, ms };
  }
  return undefined;
}

/**
 * When a call happened, in Unix seconds; a field that tells no time is passed over with a warning. A time over a day later than `receivedAt` is a wrong clock's: `receivedAt`
 * stands for it.
 */
export function callTime(call: Call, warnings: Warning[]): number | undefined {
  const time = findTime(call);
  for (const field of fields) {
    if (field === time?.field) break;
    if ((call[field] ?? undefined) !== undefined) warnings.push(warning("timestamp-invalid", field));
  }
  const receivedMs = parseTime(call.receivedAt);
  if (time === undefined || receivedMs === undefined || time.ms <= receivedMs + dayMs) {
    return time && secondsOf(time.ms);
  }
  warnings.push(warning("future-time", time.field));
  return secondsOf(receivedMs);
}
