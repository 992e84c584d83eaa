import { defineScript, queueKeys, type RedisClient } from "@customerio-router/redis";
import { removeJob } from "./trim-completed.ts";

/** What may stand under *failed* of one connection. */
export type FailedBounds = { messages: number; bytes: number; ageMs: number };

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

/** Removes those of the jobs that are still failed: a person may have moved some to waiting. Gives which. */
const removeFailed = defineScript<string[]>(
  "removeFailed",
  `${removeJob}
   local removed = {}
   for index = 2, #ARGV do
     if removeJob(KEYS[1], ARGV[1], ARGV[index]) then removed[#removed + 1] = ARGV[index] end
   end
   return removed`,
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
  let messages = 0;
  let bytes = 0;
  let removed = 0;
  for (let start = 0; ; ) {
    const page = await weighFailed(redis, [failed.set], [start, start + pageJobs - 1, jobPrefix]);
    const tooMany = new Map<string, number>();
    for (let index = 0; index < page.length; index += 4) {
      const [id = "", failedAtMs, size, count] = page.slice(index, index + 4);
      messages += Number(count);
      bytes += Number(size);
      const fits = messages <= bounds.messages && bytes <= bounds.bytes && Number(failedAtMs) >= oldestMs;
      if (!fits) tooMany.set(id, Number(count));
    }
    for (const id of await removeFailed(redis, [failed.set], [jobPrefix, ...tooMany.keys()])) {
      removed += tooMany.get(id) ?? 0;
    }
    if (page.length < 4 * pageJobs) return removed;
    // What was removed no longer stands before the next page.
    start += pageJobs - tooMany.size;
  }
}
