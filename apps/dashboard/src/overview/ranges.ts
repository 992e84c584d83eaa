import { dayMs, dayOf } from "@customerio-router/reports";

/** What the overview can look back at. Hours and days are counted until now; longer ranges are whole UTC days. */
export const ranges = {
  hour: { label: "Last hour", inWords: "the last hour" },
  day: { label: "Last day", inWords: "the last 24 hours" },
  week: { label: "Last 7 days", inWords: "the last 7 days" },
  month: { label: "Last 30 days", inWords: "the last 30 days" },
  quarter: { label: "Last 90 days", inWords: "the last 90 days" },
} as const;

export type OverviewRange = keyof typeof ranges;

/** Hours of the short ranges, UTC days of the long ones. */
const lengths: Record<OverviewRange, { hours: number } | { days: number }> = {
  hour: { hours: 1 },
  day: { hours: 24 },
  week: { days: 7 },
  month: { days: 30 },
  quarter: { days: 90 },
};

export function readRange(text: string | undefined): OverviewRange {
  return text !== undefined && Object.hasOwn(ranges, text) ? (text as OverviewRange) : "hour";
}

/** When the range begins, in Unix milliseconds. */
export function beginOf(range: OverviewRange, nowMs: number): number {
  const length = lengths[range];
  return "hours" in length ? nowMs - length.hours * 3_600_000 : (dayOf(nowMs) - length.days + 1) * dayMs;
}
