import { defineScript, type RedisClient, workerKey, workersKey } from "@customerio-router/redis";
import { workerSilenceMs } from "@customerio-router/reports";

/**
 * Redis's own clock, so that the clocks of the workers' machines do not matter. After it stepped back, signs of life of the
 * future count no more: whoever is alive gives another within a second. It begins with a write that a full Redis takes, and
 * then takes the others too.
 */
const signOfLife = defineScript<number>(
  "signOfLife",
  `local workers, about = unpack(KEYS)
   local time = redis.call('TIME')
   local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
   redis.call('ZREMRANGEBYSCORE', workers, nowMs + 1, '+inf')
   redis.call('ZADD', workers, nowMs, ARGV[1])
   redis.call('ZREMRANGEBYSCORE', workers, '-inf', nowMs - ARGV[2])
   redis.call('SET', about, ARGV[3], 'PX', ARGV[2])
   return redis.call('ZCARD', workers)`,
);

/** Says that this worker process is alive, with what others should know of it, and learns how many are. */
export async function countWorkers(
  redis: RedisClient,
  owner: string,
  about: { version?: string; format?: number; host?: string; pid?: number } = {},
): Promise<number> {
  return await signOfLife(
    redis,
    [workersKey, workerKey(owner)],
    [owner, workerSilenceMs, JSON.stringify(about)],
  );
}

/** Says that this worker process is gone. */
export async function leaveWorkers(redis: RedisClient, owner: string): Promise<void> {
  await Promise.all([redis.zrem(workersKey, owner), redis.del(workerKey(owner))]);
}
