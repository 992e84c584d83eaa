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
  const slowest = Math.max(...tookMs);
  const text = `The slowest of ${pings} replies took ${slowest.toFixed(1)} ms.`;
  if (slowest < slowMs) return [good("Redis latency", text)];
  return [wrong("Redis latency", text, "Check Redis's load, its disk, and the network.")];
}
