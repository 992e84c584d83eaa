import { parseIsoDate } from "./iso-date.ts";

/** Source: RFC 9110, IMF-fixdate, and RFC 5322, which leaves out the weekday, the seconds or a digit of the day. */
const form =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ?)?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d:\d\d(?::\d\d)?) (?:GMT|UTC?|([+-]\d{4}))$/;

const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** The moment of an HTTP or e-mail date, `Sun, 04 Mar 2018 12:08:56 GMT`, in milliseconds since 1970; undefined for any other text. */
export function parseHttpDate(text: string): number | undefined {
  const [, day = "", month = "", year, time, zone = "Z"] = form.exec(text) ?? [];
  const number = String(months.indexOf(month) / 3 + 1);
  return parseIsoDate(`${year}-${number.padStart(2, "0")}-${day.padStart(2, "0")}T${time}${zone}`);
}
