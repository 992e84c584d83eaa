/** A full date, optionally with a time and a zone, as ISO 8601 writes them. */
const iso =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d+))?)?(?:Z|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)?)?$/;

const minLength = "2024-01-01".length;
const hyphen = "-".charCodeAt(0);

/**
 * The moment an ISO 8601 string names, in milliseconds since 1970; undefined for any other string and for a date that
 * does not exist. No zone means UTC. `24:00` is the end of its day; Unix time has no leap seconds.
 */
export function parseIsoDate(text: string): number | undefined {
  if (text.length < minLength || text.charCodeAt(4) !== hyphen) return undefined;
  const parts = iso.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHour, zoneMinute] = parts;
  const midnight = midnightMs(Number(year), Number(month), Number(day));
  if (midnight === undefined || hour === undefined) return midnight;
  const time = timeMs(Number(hour), Number(minute), Number(second ?? 0), fraction);
  if (time > dayMs) return undefined;
  return midnight + time - zoneMs(sign, zoneHour, zoneMinute);
}

const dayMs = 86_400_000;

function midnightMs(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCDate() === day ? date.getTime() : undefined;
}

function timeMs(hour: number, minute: number, second: number, fraction: string | undefined): number {
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, "0"));
  return ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

function zoneMs(sign: string | undefined, hour: string | undefined, minute: string | undefined): number {
  const ms = (Number(hour ?? 0) * 60 + Number(minute ?? 0)) * 60_000;
  return sign === "-" ? -ms : ms;
}
