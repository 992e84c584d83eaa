import { parseHttpDate } from "./http-date.ts";
import { parseIsoDate } from "./iso-date.ts";

/** From 12 digits on a number is milliseconds: as seconds it would be later than the year 5100. */
const leastMs = 1e11;
/** The range of JavaScript's dates. */
const greatestMs = 8.64e15;
/** Text of fewer digits is a year, a count, a code. */
const unixText = /^\d{9,16}(?:\.\d+)?$/;

/**
 * The moment a caller means: ISO 8601, also as SQL writes it (a space for the `T`, ` UTC` for the `Z`); an HTTP or
 * e-mail date; Unix time as a number or, from 9 digits on, as text. 12 digits or more are milliseconds.
 *
 * @returns milliseconds since 1970; undefined for anything else, and for what is not later than 1970-01-01T00:00:00Z: many
 * languages write "no value" so, and Customer.io takes no such time.
 */
export function parseTime(value: unknown): number | undefined {
  const ms =
    typeof value === "number" ? unixMs(value) : typeof value === "string" ? textMs(value) : undefined;
  return ms !== undefined && ms >= 1000 ? ms : undefined;
}

function unixMs(time: number): number | undefined {
  const ms = Math.floor(time >= leastMs ? time : time * 1000);
  return ms <= greatestMs ? ms : undefined;
}

function textMs(text: string): number | undefined {
  if (unixText.test(text)) return unixMs(Number(text));
  return parseIsoDate(text) ?? parseIsoDate(fromSql(text)) ?? parseHttpDate(text);
}

const sqlSpaceAt = "2024-01-01".length;

function fromSql(text: string): string {
  const iso = text[sqlSpaceAt] === " " ? `${text.slice(0, sqlSpaceAt)}T${text.slice(sqlSpaceAt + 1)}` : text;
  return iso.endsWith(" UTC") ? `${iso.slice(0, -" UTC".length)}Z` : iso;
}
