import { defineScript, goneKey, limiterKey, type RedisClient } from "@customerio-router/redis";

/**
 * The times of the last `max` requests; one more may go when the oldest of them is `duration` ago. Exact in
 * every window of that length, not only in fixed ones, and over any number of owners. Where Redis's clock stepped back,
 * requests of the future count as made just now. None goes for a connection that was deleted. A full Redis takes it, since its
 * first write is of a kind that it takes.
 */
const letThrough = defineScript<[number, number]>(
  "letThrough",
  `local max, durationMs, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
   if redis.call('EXISTS', KEYS[2]) == 1 then return { 0, durationMs } end
   local time = redis.call('TIME')
   local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
   redis.call('PEXPIRE', KEYS[1], durationMs)
   local newest = redis.call('LINDEX', KEYS[1], -1)
   if newest and tonumber(newest) > nowMs then
     for index = redis.call('LLEN', KEYS[1]) - 1, 0, -1 do
       if tonumber(redis.call('LINDEX', KEYS[1], index)) <= nowMs then break end
       redis.call('LSET', KEYS[1], index, nowMs)
     end
   end
   local granted = 0
   while granted < wanted do
     if redis.call('LLEN', KEYS[1]) >= max then
       local waitMs = tonumber(redis.call('LINDEX', KEYS[1], -max)) + durationMs - nowMs
       if waitMs > 0 then return { granted, waitMs } end
     end
     redis.call('RPUSH', KEYS[1], nowMs)
     redis.call('LTRIM', KEYS[1], -max, -1)
     redis.call('PEXPIRE', KEYS[1], durationMs)
     granted = granted + 1
   end
   return { granted, 0 }`,
);

/** How many requests may go now, being counted, and how long to wait before asking for more of them. */
export type Grant = { requests: number; waitMs: number };

/** Asks to send this many requests now. */
export async function askLimiter(
  redis: RedisClient,
  connectionId: string,
  limiter: { max: number; duration: number },
  wanted: number,
): Promise<Grant> {
  const { max, duration } = limiter;
  const [requests, waitMs] = await letThrough(
    redis,
    [limiterKey(connectionId), goneKey(connectionId)],
    [max, duration, wanted],
  );
  return { requests, waitMs };
}
