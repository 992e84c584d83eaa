import { parseIsoDate } from "./iso-date.ts";

/** From 12 digits on a number is milliseconds: as seconds it would be later than the year 5100. */
const leastMs = 1e11;
/** The range of JavaScript's dates. */
const greatestMs = 8.64e15;

/**
 * The moment a caller means: an ISO 8601 string, or Unix time as a number or, from 9 digits on, as text. 12 digits or more
 * are milliseconds.
 *
 * @returns milliseconds since 1970; undefined for anything else.
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === "number") return unixMs(value);
  if (typeof value !== "string") return undefined;
  return parseIsoDate(value) ?? (/^\d{9,16}$/.test(value) ? unixMs(Number(value)) : undefined);
}

function unixMs(time: number): number | undefined {
  const ms = Math.abs(time) >= leastMs ? Math.floor(time) : Math.floor(time * 1000);
  return Math.abs(ms) <= greatestMs ? ms : undefined;
}
