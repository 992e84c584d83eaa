import { defineScript, queueKeys, type RedisClient } from "@customerio-router/redis";
import { delayedScoreUnit } from "./own/take.ts";

/** Where a job stands in its queue. */
export type PlaceInQueue = {
  where: "in-hand" | "waiting" | "prioritized" | "delayed";
  /** Jobs that were taken before it, or will be. */
  jobsAhead: number;
  /** The ids of the nearest of them, nearest first. */
  nearest: string[];
  /** Unix milliseconds; only of a delayed job. */
  dueAtMs?: number;
};

type Place = [where: PlaceInQueue["where"], ahead: number, nearest: string[], score: string];

const findPlaceOf = defineScript<Place | null>(
  "findPlace",
  `local active, wait, prioritized, delayed = unpack(KEYS)
   local id, most = ARGV[1], tonumber(ARGV[2])
   local inHand = redis.call('LLEN', active)
   local place = redis.call('LPOS', active, id)
   if place then
     return { 'in-hand', inHand - 1 - place, redis.call('LRANGE', active, place + 1, place + most), '' }
   end
   place = redis.call('LPOS', wait, id)
   if place then
     local nearest = redis.call('LRANGE', wait, place + 1, place + most)
     if #nearest < most then
       for _, other in ipairs(redis.call('LRANGE', active, 0, most - #nearest - 1)) do nearest[#nearest + 1] = other end
     end
     return { 'waiting', redis.call('LLEN', wait) - 1 - place + inHand, nearest, '' }
   end
   for where, set in pairs({ prioritized = prioritized, delayed = delayed }) do
     local rank = redis.call('ZRANK', set, id)
     if rank then return { where, rank + inHand, redis.call('LRANGE', active, 0, most - 1), redis.call('ZSCORE', set, id) } end
   end
   return false`,
);

/** `undefined` when the job does not wait any more. @param most the number of ids of jobs ahead */
export async function findPlace(
  redis: RedisClient,
  connectionId: string,
  { jobId, most }: { jobId: string; most: number },
): Promise<PlaceInQueue | undefined> {
  const { active, wait, prioritized, delayed } = queueKeys(connectionId);
  const place = await findPlaceOf(redis, [active, wait, prioritized, delayed], [jobId, most]);
  if (place === null) return undefined;
  const [where, jobsAhead, nearest, score] = place;
  const dueAtMs = Math.floor(Number(score) / delayedScoreUnit);
  return { where, jobsAhead, nearest, ...(where === "delayed" && { dueAtMs }) };
}
