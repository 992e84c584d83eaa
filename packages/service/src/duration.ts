const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
  ["millisecond", 1],
] as const;

/** How long something lasts, in the largest unit that fits: "3 minutes". */
export function duration(ms: number): string {
  const [unit, unitMs] = units.find(([, size]) => ms >= size) ?? ["millisecond", 1];
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: 0,
  }).format(Math.floor(ms / unitMs));
}
