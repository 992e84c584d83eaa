export type Percentiles = { p50: number; p99: number };

/** Of no numbers, NaN. */
export function percentiles(numbers: readonly number[]): Percentiles {
  const sorted = Float64Array.from(numbers).sort();
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

export function median(numbers: readonly number[]): number {
  return percentiles(numbers).p50;
}
