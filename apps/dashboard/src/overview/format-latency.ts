import { latencyBoundsMs } from "@customerio-router/reports";

const units = [
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** An upper bound of a time from receipt to delivery. */
export function formatBound(boundMs: number): string {
  if (!Number.isFinite(boundMs)) return `over ${formatBound(latencyBoundsMs.at(-1) ?? 0)}`;
  const [unit, unitMs] = units.find(([, size]) => boundMs >= size) ?? ["ms", 1];
  return `${boundMs / unitMs} ${unit}`;
}
