import { defineScript, type OwnerKeys, type RedisClient } from "@customerio-router/redis";
import { FencedError, fencing } from "./fencing.ts";
import type { Lease } from "./lease.ts";

/** Jobs moved in one step: Redis is free in between. */
const atOnce = 500;

/**
 * Moves the newest active jobs, except for those kept, to the front of `wait`, so that the oldest moved job is next.
 * Returns how many it moved and how many remain. A job without data, evicted or deleted by hand, is dropped: it would
 * block all others.
 */
const giveBackJobs = defineScript<[moved: number, passed: number, looked: number] | null>(
  "giveBackJobs",
  `${fencing}
   local lease, fence, active, wait, prioritized = unpack(KEYS)
   local token, prefix, passed = ARGV[1], ARGV[2], tonumber(ARGV[3])
   if not owns(lease, fence, token) then return false end
   local kept = {}
   for index = 4, #ARGV do kept[ARGV[index]] = true end
   local moved = 0
   local ids = redis.call('LRANGE', active, passed, passed + ${atOnce - 1})
   for _, id in ipairs(ids) do
     if kept[id] then
       passed = passed + 1
     else
       local job = prefix .. id
       redis.call('LREM', active, 1, id)
       redis.call('DEL', job .. ':lock')
       if redis.call('EXISTS', job) == 1 then
         local priority = tonumber(redis.call('HGET', job, 'priority') or 0)
         if priority > 0 then redis.call('ZADD', prioritized, priority * 0x100000000, id)
         else redis.call('RPUSH', wait, id) end
         moved = moved + 1
       end
     end
   end
   return { moved, passed, #ids }`,
);

/** @throws FencedError */
export async function giveBack(
  { redis, lease, keys }: { redis: RedisClient; lease: Lease; keys: OwnerKeys },
  keep: ReadonlySet<string>,
): Promise<number> {
  const keyNames = [keys.lease, keys.fence, keys.active, keys.wait, keys.prioritized];
  let all = 0;
  for (let passed = 0, looked = atOnce; looked === atOnce; ) {
    const reply = await giveBackJobs(redis, keyNames, [lease.token, keys.jobPrefix, passed, ...keep]);
    if (reply === null) throw new FencedError(lease.connectionId);
    let moved: number;
    [moved, passed, looked] = reply;
    all += moved;
  }
  return all;
}
