/** A full date, optionally with a time and a zone, as ISO 8601 writes them. */
const iso =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?$/;

const dateLength = "2024-01-01".length;
const dayMs = 86_400_000;

const hyphen = "-".charCodeAt(0);
const colon = ":".charCodeAt(0);
const zero = "0".charCodeAt(0);

/**
 * The moment an ISO 8601 string names, in milliseconds since 1970; undefined for any other string and for a date that
 * does not exist. No zone means UTC. `24:00` is the end of its day; Unix time has no leap seconds.
 *
 * The expression judges; what it lets pass has its parts in known places and is read there, without a match to take apart.
 */
export function parseIsoDate(text: string): number | undefined {
  if (text.length < dateLength || text.charCodeAt(4) !== hyphen || !iso.test(text)) return undefined;
  const midnight = midnightMs(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  if (midnight === undefined || text.length === dateLength) return midnight;
  const minutes = digits(text, 11, 13) * 60 + digits(text, 14, 16);
  const hasSeconds = text.charCodeAt(16) === colon;
  const time = minutes * 60_000 + (hasSeconds ? digits(text, 17, 19) * 1000 + fractionMs(text, 19) : 0);
  return time > dayMs ? undefined : midnight + time - zoneMs(text);
}

/** Four centuries have the same days whatever century they begin with; added, they keep `Date.UTC` from reading years below 100 as 19xx. */
const fourCenturiesMs = 146_097 * dayMs;

function midnightMs(year: number, month: number, day: number): number | undefined {
  return day <= daysIn(year, month) ? Date.UTC(year + 400, month - 1, day) - fourCenturiesMs : undefined;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The first three digits after a point or comma, where there is one. */
function fractionMs(text: string, mark: number): number {
  if (text[mark] !== "." && text[mark] !== ",") return 0;
  let ms = 0;
  for (let place = 100, at = mark + 1; place >= 1 && isDigit(text, at); place /= 10, at += 1) {
    ms += place * digits(text, at, at + 1);
  }
  return ms;
}

/** The lengths of a zone: `+02`, `+0200` and `+02:00`. */
const zoneLengths = [3, 5, 6];

function zoneMs(text: string): number {
  for (const length of zoneLengths) {
    const start = text.length - length;
    const sign = text[start];
    if (sign !== "+" && sign !== "-") continue;
    const hours = digits(text, start + 1, start + 3);
    const minutes = length === 3 ? 0 : digits(text, text.length - 2, text.length);
    return (hours * 60 + minutes) * (sign === "-" ? -60_000 : 60_000);
  }
  return 0;
}

function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) number = number * 10 + text.charCodeAt(at) - zero;
  return number;
}

function isDigit(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - zero;
  return digit >= 0 && digit <= 9;
}
