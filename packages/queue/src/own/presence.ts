import { defineScript, type RedisClient, workerKey, workersKey } from "@customerio-router/redis";
import { workerSilenceMs } from "@customerio-router/reports";

/**
 * Redis's own clock, so that the clocks of the workers' machines do not matter. After it stepped back, signs of life of the
 * future count no more: whoever is alive gives another within a second.
 */
const signOfLife = defineScript<number>(
  "signOfLife",
  `local time = redis.call('TIME')
   local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
   redis.call('ZREMRANGEBYSCORE', KEYS[1], nowMs + 1, '+inf')
   redis.call('ZADD', KEYS[1], nowMs, ARGV[1])
   redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs - ARGV[2])
   return redis.call('ZCARD', KEYS[1])`,
);

/** Says that this worker process is alive, with what others should know of it, and learns how many are. */
export async function countWorkers(
  redis: RedisClient,
  owner: string,
  about: { version?: string; host?: string; pid?: number } = {},
): Promise<number> {
  const [workers] = await Promise.all([
    signOfLife(redis, [workersKey], [owner, workerSilenceMs]),
    redis.set(workerKey(owner), JSON.stringify(about), "PX", workerSilenceMs),
  ]);
  return workers;
}

/** Says that this worker process is gone. */
export async function leaveWorkers(redis: RedisClient, owner: string): Promise<void> {
  await Promise.all([redis.zrem(workersKey, owner), redis.del(workerKey(owner))]);
}
