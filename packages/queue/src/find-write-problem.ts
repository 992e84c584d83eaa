import { healthKey } from "./names.ts";
import type { RedisClient } from "./redis.ts";

const keptMs = 10_000;

/**
 * Tries a small write: a Redis may answer every question and take nothing. Gives a sentence for an operator where it does not.
 * A full Redis is no such one: it goes on serving what it holds, and delivering makes room.
 */
export async function findWriteProblem(redis: RedisClient): Promise<string | undefined> {
  try {
    await redis.set(healthKey, "1", "PX", keptMs);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (/\bOOM\b/.test(why)) return undefined;
    if (/\bREADONLY\b/.test(why)) {
      return "Redis is a replica that takes no writes: let REDIS_URL lead to the primary, or promote this one";
    }
    return `Redis takes no writes: ${why}`;
  }
}
