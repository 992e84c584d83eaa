import type { RedisClient } from "../client/redis-client.ts";
import { healthKey } from "../keys/probe-keys.ts";
import { explainRedisReply } from "../problems/explain-redis-error.ts";
import type { RedisProblem } from "../problems/redis-problems.ts";

const keptMs = 10_000;

/**
 * Tries a small write: a Redis may answer reads and refuse writes. A full Redis is no problem here: it still serves
 * its data, and delivering frees memory.
 */
export async function findWriteProblem(redis: RedisClient): Promise<RedisProblem | undefined> {
  try {
    await redis.set(healthKey, "1", "PX", keptMs);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error : new Error(String(error));
    if (/\bOOM\b/.test(why.message)) return undefined;
    return explainRedisReply(why) ?? { sentence: `Redis refuses writes: ${why.message}.`, isLasting: false };
  }
}
