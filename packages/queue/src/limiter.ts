import { limiterKey } from "./names.ts";
import type { RedisClient } from "./redis.ts";
import { defineScript } from "./script.ts";

/**
 * The times of the last `max` requests; one more may go when the oldest of them is `duration` ago. Exact in
 * every window of that length, not only in fixed ones, and over any number of owners.
 */
const letThrough = defineScript<number>(
  "letThrough",
  `local max, durationMs = tonumber(ARGV[1]), tonumber(ARGV[2])
   local time = redis.call('TIME')
   local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
   if redis.call('LLEN', KEYS[1]) >= max then
     local waitMs = tonumber(redis.call('LINDEX', KEYS[1], -max)) + durationMs - nowMs
     if waitMs > 0 then return waitMs end
   end
   redis.call('RPUSH', KEYS[1], nowMs)
   redis.call('LTRIM', KEYS[1], -max, -1)
   redis.call('PEXPIRE', KEYS[1], durationMs)
   return 0`,
);

/** Asks to send one request now: 0 when it may go (and is counted), else the milliseconds to wait before asking again. */
export async function askLimiter(
  redis: RedisClient,
  connectionId: string,
  limiter: { max: number; duration: number },
): Promise<number> {
  return await letThrough(redis, [limiterKey(connectionId)], [limiter.max, limiter.duration]);
}
