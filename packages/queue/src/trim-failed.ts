import type { Backend } from "./backend.ts";
import { queueName, queuePrefix } from "./names.ts";
import type { RedisClient } from "./redis.ts";
import { defineScript } from "./script.ts";

/** What may stand under *failed* of one connection. */
export type FailedBounds = { messages: number; bytes: number; ageMs: number };

const pageJobs = 1_000;

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

/**
 * Removes the oldest failed jobs until what is left is within the bounds.
 * @returns how many messages were removed with them.
 */
export async function trimFailed(options: {
  redis: RedisClient;
  backend: Backend;
  connectionId: string;
  bounds: FailedBounds;
}): Promise<number> {
  const { redis, connectionId, bounds } = options;
  const base = `${queuePrefix}:${queueName(connectionId)}:`;
  const queue = options.backend.queue(connectionId);
  const oldestMs = Date.now() - bounds.ageMs;
  let messages = 0;
  let bytes = 0;
  let removed = 0;
  for (let start = 0; ; ) {
    const page = await weighFailed(redis, [`${base}failed`], [start, start + pageJobs - 1, base]);
    const tooMany: string[] = [];
    for (let index = 0; index < page.length; index += 4) {
      const [id = "", failedAtMs, size, count] = page.slice(index, index + 4);
      messages += Number(count);
      bytes += Number(size);
      const fits = messages <= bounds.messages && bytes <= bounds.bytes && Number(failedAtMs) >= oldestMs;
      if (fits) continue;
      tooMany.push(id);
      removed += Number(count);
    }
    for (const id of tooMany) await queue.remove(id);
    if (page.length < 4 * pageJobs) return removed;
    // What was removed no longer stands before the next page.
    start += pageJobs - tooMany.length;
  }
}

/** Removes all completed jobs, which only people look at. */
export async function removeCompleted(backend: Backend, connectionId: string): Promise<void> {
  const atOnce = 1_000;
  while ((await backend.queue(connectionId).clean(0, atOnce, "completed")).length === atOnce);
}
