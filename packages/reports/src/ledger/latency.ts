import { latencyBoundsMs } from "./buckets.ts";

/** Messages by the time from receipt to delivery: how many are in each bucket. */
export type Latency = number[];

export function sumLatency(latencies: Latency[]): Latency {
  return Array.from({ length: latencyBoundsMs.length + 1 }, (_, bucket) =>
    latencies.reduce((all, latency) => all + (latency[bucket] ?? 0), 0),
  );
}

/** Within how many milliseconds half, 95 % and 99 % of the messages were delivered; `Infinity` beyond the last bound. */
export type LatencyQuantiles = { p50: number; p95: number; p99: number };

/** Each is the upper bound of its bucket: the true value is at most this. `undefined` when nothing was delivered. */
export function quantilesOf(latency: Latency): LatencyQuantiles | undefined {
  const messages = latency.reduce((all, count) => all + count, 0);
  if (messages <= 0) return undefined;
  const within = (share: number) => {
    const rank = Math.ceil(messages * share);
    let sum = 0;
    const bucket = latency.findIndex((count) => {
      sum += count;
      return sum >= rank;
    });
    return latencyBoundsMs[bucket] ?? Number.POSITIVE_INFINITY;
  };
  return { p50: within(0.5), p95: within(0.95), p99: within(0.99) };
}
