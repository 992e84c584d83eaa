import { defineScript, queueKeys, type RedisClient } from "@customerio-router/redis";

/** Jobs removed in one step: Redis is free in between. */
const atOnce = 250;

/** Removes a job if it is in this set, with all that BullMQ keeps of it. */
export const removeJob = `
local function removeJob(set, prefix, id)
  if redis.call('ZREM', set, id) == 0 then return false end
  local job = prefix .. id
  redis.call('UNLINK', job, job .. ':logs', job .. ':lock')
  return true
end
`;

const removeOldest = defineScript<number>(
  "removeOldestCompleted",
  `${removeJob}
   local completed, prefix = KEYS[1], ARGV[1]
   local most, oldestMs = tonumber(ARGV[2]), tonumber(ARGV[3])
   local tooMany = redis.call('ZCARD', completed) - most
   local oldest = redis.call('ZRANGE', completed, 0, ${atOnce - 1}, 'WITHSCORES')
   local removed = 0
   for index = 1, #oldest, 2 do
     if removed >= tooMany and tonumber(oldest[index + 1]) >= oldestMs then break end
     removeJob(completed, prefix, oldest[index])
     removed = removed + 1
   end
   return removed`,
);

/** Removes the oldest completed jobs, which only people look at, until what is left is within the bounds. */
export async function trimCompleted(
  redis: RedisClient,
  connectionId: string,
  { jobs, ageMs }: { jobs: number; ageMs: number },
): Promise<void> {
  const { jobPrefix, completed } = queueKeys(connectionId);
  const args = [jobPrefix, jobs, Date.now() - ageMs];
  while ((await removeOldest(redis, [completed.set], args)) === atOnce);
}
