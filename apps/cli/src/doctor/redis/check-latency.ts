import type { RedisClient } from "@customerio-router/redis";
import { type Finding, good, wrong } from "../finding.ts";

const pings = 10;
/** An intake takes a Redis that is slower for slow, and uses its spool. */
const slowMs = 150;

export async function checkLatency(redis: RedisClient): Promise<Finding[]> {
  const tookMs: number[] = [];
  for (let ping = 0; ping < pings; ping++) {
    const startedAt = performance.now();
    await redis.ping();
    tookMs.push(performance.now() - startedAt);
  }
  tookMs.sort((a, b) => a - b);
  // A single slow reply may be this process's own pause, on a busy machine.
  const median = tookMs[pings / 2] as number;
  const slowest = tookMs.at(-1) as number;
  const text = `Of ${pings} replies the median took ${median.toFixed(1)} ms, the slowest ${slowest.toFixed(1)} ms.`;
  if (median < slowMs) return [good("Redis latency", text)];
  return [wrong("Redis latency", text, "Check Redis's load, its disk, and the network.")];
}
