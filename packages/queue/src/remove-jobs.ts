import {
  countsPrefix,
  defineScript,
  ledgerKeys,
  type QueueKeys,
  queueKeys,
  type RedisClient,
} from "@customerio-router/redis";
import { raising } from "@customerio-router/reports";

/** Removed in one step: Redis is free in between. */
const atOnce = 250;

/**
 * Removes jobs that nobody works on, in whatever state, and counts their messages as removed. A completed job leaves Bull
 * Board, but stays as the record of what was delivered. Gives 1 for each removed, -1 for one that is active.
 */
const removeAll = defineScript<number[]>(
  "removeJobs",
  `${raising}
   local active, wait, prioritized, delayed, completed, failed, totals, counts = unpack(KEYS)
   local prefix, why = ARGV[1], ARGV[2]
   local results = {}
   for at = 3, #ARGV do
     local id = ARGV[at]
     local job = prefix .. id
     if redis.call('EXISTS', job) == 0 then results[#results + 1] = 0
     elseif redis.call('LPOS', active, id) then results[#results + 1] = -1
     else
       redis.call('LREM', wait, 1, id)
       redis.call('ZREM', prioritized, id)
       redis.call('ZREM', delayed, id)
       redis.call('ZREM', failed, id)
       if redis.call('ZREM', completed, id) == 0 then
         removed(totals, counts, job, why)
         redis.call('UNLINK', job, job .. ':logs', job .. ':lock')
       end
       results[#results + 1] = 1
     end
   end
   return results`,
);

/** Where jobs are that a person may remove. */
const removableStates = ["wait", "prioritized", "delayed", "completed", "failed"] as const;
type RemovableState = (typeof removableStates)[number];

export function isRemovable(state: string): state is RemovableState {
  return (removableStates as readonly string[]).includes(state);
}

/** `active`: a worker has it. `gone`: there is none. */
type RemovedJob = "removed" | "active" | "gone";

const byCode: { [code: number]: RemovedJob } = { 1: "removed", [-1]: "active", 0: "gone" };

/** Removes jobs at a person's wish; the ledger counts their messages as removed. Gives what became of each. */
export async function removeJobs(
  redis: RedisClient,
  connectionId: string,
  ids: string[],
): Promise<RemovedJob[]> {
  const { jobPrefix, active, wait, prioritized, delayed, completed, failed } = queueKeys(connectionId);
  const keys = [
    ...[active, wait, prioritized, delayed, completed.set, failed.set],
    ...[ledgerKeys(connectionId).totals, countsPrefix(connectionId)],
  ];
  const results: RemovedJob[] = [];
  for (let from = 0; from < ids.length; from += atOnce) {
    const codes = await removeAll(redis, keys, [jobPrefix, "deleted", ...ids.slice(from, from + atOnce)]);
    results.push(...codes.map((code) => byCode[code] as RemovedJob));
  }
  return results;
}

/**
 * Removes the jobs that are in this state now, of the finished ones those that finished before `beforeMs`.
 * @returns the ids of those removed
 */
export async function cleanJobs(
  redis: RedisClient,
  connectionId: string,
  {
    state,
    beforeMs = Number.MAX_SAFE_INTEGER,
    limit = Number.MAX_SAFE_INTEGER,
  }: { state: RemovableState; beforeMs?: number; limit?: number },
): Promise<string[]> {
  const all = await idsIn(redis, queueKeys(connectionId), state, beforeMs);
  const ids = limit > 0 ? all.slice(0, limit) : all;
  const results = await removeJobs(redis, connectionId, ids);
  return ids.filter((_, index) => results[index] === "removed");
}

async function idsIn(
  redis: RedisClient,
  keys: QueueKeys,
  state: RemovableState,
  beforeMs: number,
): Promise<string[]> {
  switch (state) {
    case "wait":
      return await redis.lrange(keys.wait, 0, -1);
    case "prioritized":
    case "delayed":
      return await redis.zrange(keys[state], 0, -1);
    default:
      return await redis.zrangebyscore(keys[state].set, 0, beforeMs);
  }
}
