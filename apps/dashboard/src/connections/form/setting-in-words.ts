import { duration } from "@customerio-router/service";

const megabytes = new Intl.NumberFormat("en", {
  style: "unit",
  unit: "megabyte",
  maximumFractionDigits: 2,
});

/** What a number of a setting is in the unit that its name tells: "30 days", "0.45 MB". Undefined where it has none. */
export function settingInWords(name: string, value: unknown): string | undefined {
  if (typeof value !== "number") return undefined;
  if (/Ms$|\.duration$/.test(name)) return duration(value);
  if (/bytes$/i.test(name)) return megabytes.format(value / 1_000_000);
  return undefined;
}
