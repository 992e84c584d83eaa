import { valueAt } from "@customerio-router/messages";

export const dayMs = 24 * 60 * 60 * 1000;

/** The UTC day of a time, counted from 1970. */
export function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

/** A day as people write it: `2026-11-25`. */
export function writeDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Days around the job's making that count as a message's own. */
const maxDaysBefore = 90;

/**
 * When intake received the message, in Unix milliseconds. Where it does not say so, or says what cannot be (a message that
 * was rejected has the field as its sender wrote it), the time its job was made.
 */
export function receivedAtMsOf(message: unknown, madeAtMs: number): number {
  const text = valueAt(message, "receivedAt");
  if (typeof text !== "string") return madeAtMs;
  const atMs = Date.parse(text);
  return atMs >= madeAtMs - maxDaysBefore * dayMs && atMs <= madeAtMs + dayMs ? atMs : madeAtMs;
}
