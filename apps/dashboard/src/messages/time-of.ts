import { valueAt } from "@customerio-router/messages";

/** A time of a message, in Unix milliseconds. */
export function timeOf(message: unknown, name: string): number | undefined {
  const text = valueAt(message, name);
  const atMs = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
