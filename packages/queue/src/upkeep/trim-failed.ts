import {
  countsPrefix,
  defineScript,
  ledgerKeys,
  queueKeys,
  type RedisClient,
} from "@customerio-router/redis";
import { raising } from "@customerio-router/reports";

/** The bounds of one connection's failed jobs. */
type FailedBounds = { messages: number; bytes: number; ageMs: number };

/** Weighed and removed in one step each: Redis is free in between. */
const pageJobs = 250;

/** For a page of failed jobs, newest first: each one's id, time of failing, bytes and number of messages. */
const weighFailed = defineScript<string[]>(
  "weighFailed",
  `local page = redis.call('ZREVRANGE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')
   local weighed = {}
   for index = 1, #page, 2 do
     local job = ARGV[3] .. page[index]
     table.insert(weighed, page[index])
     table.insert(weighed, page[index + 1])
     table.insert(weighed, redis.call('HSTRLEN', job, 'data'))
     table.insert(weighed, redis.call('HGET', job, 'messages') or 1)
   end
   return weighed`,
);

/** Removes those of the jobs that are still failed: a person may have moved some to waiting. Counts them as removed. Gives which. */
const removeFailed = defineScript<string[]>(
  "removeFailed",
  `${raising}
   local failed, totals, counts = unpack(KEYS)
   local gone = {}
   for index = 2, #ARGV do
     local id = ARGV[index]
     local job = ARGV[1] .. id
     if redis.call('ZREM', failed, id) == 1 then
       removed(totals, counts, job, 'trimmed')
       redis.call('UNLINK', job, job .. ':logs', job .. ':lock')
       gone[#gone + 1] = id
     end
   end
   return gone`,
);

/**
 * Removes the oldest failed jobs until what is left is within the bounds.
 * @returns how many messages were removed with them.
 */
export async function trimFailed(options: {
  redis: RedisClient;
  connectionId: string;
  bounds: FailedBounds;
}): Promise<number> {
  const { redis, connectionId, bounds } = options;
  const { jobPrefix, failed } = queueKeys(connectionId);
  const oldestMs = Date.now() - bounds.ageMs;
  const seen = { messages: 0, bytes: 0 };
  const fits = ({ messages, bytes, failedAtMs }: FailedJob): boolean => {
    seen.messages += messages;
    seen.bytes += bytes;
    return seen.messages <= bounds.messages && seen.bytes <= bounds.bytes && failedAtMs >= oldestMs;
  };
  let removed = 0;
  for (let start = 0; ; ) {
    const page = await readPage(redis, connectionId, start);
    const tooMany = page.filter((job) => !fits(job));
    const ids = tooMany.map(({ id }) => id);
    const keys = [failed.set, ledgerKeys(connectionId).totals, countsPrefix(connectionId)];
    const gone = new Set(await removeFailed(redis, keys, [jobPrefix, ...ids]));
    for (const { id, messages } of tooMany) if (gone.has(id)) removed += messages;
    if (page.length < pageJobs) return removed;
    // Removed jobs shift the next page.
    start += pageJobs - tooMany.length;
  }
}

type FailedJob = { id: string; failedAtMs: number; bytes: number; messages: number };

/** Newest first. */
async function readPage(redis: RedisClient, connectionId: string, start: number): Promise<FailedJob[]> {
  const { jobPrefix, failed } = queueKeys(connectionId);
  const page = await weighFailed(redis, [failed.set], [start, start + pageJobs - 1, jobPrefix]);
  return Array.from({ length: page.length / 4 }, (_, index) => {
    const [id = "", failedAtMs, bytes, messages] = page.slice(4 * index, 4 * index + 4);
    return { id, failedAtMs: Number(failedAtMs), bytes: Number(bytes), messages: Number(messages) };
  });
}
