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

/** The UTC day that a text names, as `2026-11-25` or as an ISO 8601 time; `undefined` when it is neither. */
export function readDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text)) return undefined;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return undefined;
  // JavaScript takes the 30th of February for a day of March.
  const [, month, date] = text.slice(0, 10).split("-").map(Number) as [number, number, number];
  const named = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return named.getUTCMonth() + 1 === month && named.getUTCDate() === date ? dayOf(atMs) : undefined;
}

/** Days around the job's making that count as a message's own. */
const maxDaysBefore = 90;

/** Messages of one request have one time. */
let former = { text: "", atMs: Number.NaN };

/**
 * When intake received the message, in Unix milliseconds. Where it does not say so, or says what cannot be (a message that
 * was rejected has the field as its sender wrote it), the time its job was made.
 */
export function receivedAtMsOf(message: unknown, madeAtMs: number): number {
  const text = valueAt(message, "receivedAt");
  if (typeof text !== "string") return madeAtMs;
  if (text !== former.text) former = { text, atMs: Date.parse(text) };
  const { atMs } = former;
  return atMs >= madeAtMs - maxDaysBefore * dayMs && atMs <= madeAtMs + dayMs ? atMs : madeAtMs;
}
