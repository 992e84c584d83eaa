import type { LineHead } from "./archived-message.ts";

/** In Unix milliseconds. */
export type LineTimes = { receivedMs: number; settledMs: number };

/** The times of a line. A receipt that is no time, as people can edit jobs, counts as the settlement. */
export function timesOf(line: Pick<LineHead, "messageId" | "receivedAt" | "settledAt">): LineTimes {
  const settledMs = Date.parse(line.settledAt);
  if (Number.isNaN(settledMs)) {
    throw new RangeError(`settledAt of the message ${line.messageId} is not an ISO 8601 time`);
  }
  const receivedMs = Date.parse(line.receivedAt);
  return { receivedMs: isOfFourDigitYear(receivedMs) ? receivedMs : settledMs, settledMs };
}

const firstMs = Date.parse("0001-01-01T00:00:00Z");
const lastMs = Date.parse("9999-12-31T00:00:00Z");

function isOfFourDigitYear(timeMs: number): boolean {
  return timeMs >= firstMs && timeMs <= lastMs;
}
