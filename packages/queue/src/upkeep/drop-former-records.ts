import { defineScript, formerRecordKeys, queueKeys, type RedisClient } from "@customerio-router/redis";

/** Jobs looked at in one step: Redis is free in between. */
const atOnce = 250;

/** Removes completed jobs that no record needs. Gives where to go on. */
const dropUnrecorded = defineScript<number>(
  "dropUnrecorded",
  `local completed = KEYS[1]
   local prefix, from = ARGV[1], tonumber(ARGV[2])
   local ids = redis.call('ZRANGE', completed, from, from + ${atOnce - 1})
   for _, id in ipairs(ids) do
     local job = prefix .. id
     if redis.call('HEXISTS', job, 'traces') == 1 then from = from + 1
     else
       redis.call('ZREM', completed, id)
       redis.call('UNLINK', job, job .. ':logs', job .. ':lock')
     end
   end
   return #ids < ${atOnce} and -1 or from`,
);

/** Removes records and completed jobs as versions before the outbox kept them: nothing reads or trims them any more. */
export async function dropFormerRecords(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.unlink(...formerRecordKeys(connectionId));
  const { completed, jobPrefix } = queueKeys(connectionId);
  for (let from = 0; from >= 0; ) from = await dropUnrecorded(redis, [completed.set], [jobPrefix, from]);
}
