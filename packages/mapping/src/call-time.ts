import { type Call, parseTime } from "@customerio-router/messages";
import { secondsOf } from "./dates.ts";
import { type Warning, warning } from "./map-result.ts";

const dayMs = 24 * 60 * 60 * 1000;

/**
 * When a call happened, in Unix seconds: its `timestamp`, else `originalTimestamp`, else `receivedAt`. A time over a day
 * later than `receivedAt` is a wrong clock: `receivedAt` stands for it.
 */
export function callTime(call: Call, warnings: Warning[]): number | undefined {
  const receivedMs = parseTime(call.receivedAt);
  const happenedMs = parseTime(call.timestamp) ?? parseTime(call.originalTimestamp) ?? receivedMs;
  if (happenedMs === undefined) return undefined;
  if (receivedMs !== undefined && happenedMs > receivedMs + dayMs) {
    warnings.push(warning("future-time", "timestamp"));
    return secondsOf(receivedMs);
  }
  return secondsOf(happenedMs);
}
