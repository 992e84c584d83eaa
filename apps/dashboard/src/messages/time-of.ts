import { callTime } from "@customerio-router/mapping";
import { type Call, isObject, parseTime, valueAt } from "@customerio-router/messages";

/** A time of a message, in Unix milliseconds. */
export function timeOf(message: unknown, name: string): number | undefined {
  return parseTime(valueAt(message, name));
}

/** When it happened, as Customer.io is told: in Unix milliseconds, of a whole second. */
export function happenedAtMsOf(message: unknown): number | undefined {
  const seconds = isObject(message) ? callTime(message as Call, []) : undefined;
  return seconds === undefined ? undefined : seconds * 1000;
}
