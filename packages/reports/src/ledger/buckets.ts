/** Upper bounds of the buckets in which the time from receipt to delivery is counted, in milliseconds; the last has none. */
export const latencyBoundsMs = [
  100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 3_600_000, 21_600_000,
] as const;

/** The bucket of a duration, from 0 on. */
export function bucketOf(durationMs: number): number {
  let bucket = 0;
  while (bucket < latencyBoundsMs.length && durationMs > (latencyBoundsMs[bucket] as number)) bucket += 1;
  return bucket;
}
