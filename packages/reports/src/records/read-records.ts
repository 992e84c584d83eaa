import {
  defineScript,
  forOneScript,
  outboxKeys,
  queueKeys,
  type RedisClient,
} from "@customerio-router/redis";
import { splitElement } from "./element.ts";
import { outboxing } from "./outbox.ts";
import { readElements, timeOfElement } from "./read-elements.ts";
import type { MessageRecord } from "./record.ts";

/** Elements searched in one step: Redis is free in between. */
const searchedAtOnce = 200;
const listedAtOnce = 50;

/** The elements of a part of the outbox whose messages have this text somewhere. */
const searchOutbox = defineScript<string[]>(
  "searchOutbox",
  `${outboxing}
   local outbox = KEYS[1]
   local prefix, first, last, wanted = unpack(ARGV)
   local found = {}
   for _, text in ipairs(redis.call('LRANGE', outbox, first, last)) do
     local isJob = string.sub(text, 1, 1) == 'j'
     local searched = isJob and redis.call('HGET', prefix .. readElement(text).rest, 'data') or text
     if searched and string.find(searched, wanted, 1, true) then found[#found + 1] = text end
   end
   return found`,
);

/** All that is known of a message, newest first. */
export async function findRecords(
  redis: RedisClient,
  connectionId: string,
  messageId: string,
): Promise<MessageRecord[]> {
  const { outbox } = outboxKeys(connectionId);
  const { jobPrefix } = queueKeys(connectionId);
  const wanted = JSON.stringify(messageId).slice(1, -1);
  const found: MessageRecord[] = [];
  // From the end on, by places counted from there: what is removed meanwhile is the oldest.
  for (let end = await redis.llen(outbox); end > 0; end -= searchedAtOnce) {
    const range = [Math.max(0, end - searchedAtOnce), end - 1];
    const elements = await searchOutbox(redis, [outbox], [jobPrefix, ...range, wanted]);
    const records = (await readElements(redis, connectionId, elements)).flat();
    found.push(...records.filter((record) => record.messageId === messageId).toReversed());
  }
  return found;
}

/** A page of records, newest first. */
export type RecordPage = {
  records: MessageRecord[];
  /** Pass as `before` to read on; absent when there is nothing older. */
  next?: string;
  /** The newest element of the page; pass as `after` to read what came since. */
  latest?: string;
};

/** The newest records in whole elements: at least `limit` of them, if there are that many. */
export async function listRecords(
  redis: RedisClient,
  connectionId: string,
  options: { limit: number; before?: string | undefined; after?: string | undefined },
): Promise<RecordPage> {
  const { limit, before, after } = options;
  const page: RecordPage = { records: [] };
  const removed = await readRemoved(redis, connectionId);
  const newest = removed + (await redis.llen(outboxKeys(connectionId).outbox));
  let last = before === undefined ? newest : Math.min(newest, Number(before) - 1);
  const oldest = Math.max(removed, after === undefined ? 0 : Number(after)) + 1;
  if (newest > 0) page.latest = String(newest);
  while (last >= oldest && page.records.length < limit) {
    const missing = limit - page.records.length;
    const first = Math.max(oldest, last - Math.min(listedAtOnce, missing) + 1);
    const elements = newestOf(await readRange(redis, connectionId, first, last), missing);
    const ofElements = await readElements(redis, connectionId, elements);
    while (ofElements.length > 0 && page.records.length < limit) {
      page.records.push(...(ofElements.pop() as MessageRecord[]).toReversed());
      last -= 1;
    }
    if (elements.length === 0) break;
  }
  if (last >= oldest && after === undefined) page.next = String(last + 1);
  return page;
}

/** The last elements, until they have as many messages. */
function newestOf(elements: string[], messages: number): string[] {
  let from = elements.length;
  for (let found = 0; from > 0 && found < messages; from -= 1) {
    found += splitElement(elements[from - 1] as string).messages;
  }
  return elements.slice(from);
}

/** How many elements have left the outbox: numbers count from the first one ever. */
async function readRemoved(redis: RedisClient, connectionId: string): Promise<number> {
  return Number((await redis.hget(outboxKeys(connectionId).meta, "removed")) ?? 0);
}

/** The elements with these numbers that are still there. */
async function readRange(
  redis: RedisClient,
  connectionId: string,
  first: number,
  last: number,
): Promise<string[]> {
  const removed = await readRemoved(redis, connectionId);
  if (last <= removed) return [];
  const { outbox } = outboxKeys(connectionId);
  return await redis.lrange(outbox, Math.max(0, first - removed - 1), last - removed - 1);
}

/** The first element that is not before a time is found by halving: elements stand in the order of their times. */
const seekNewest = defineScript<[removed: string, before: number, atMs: number][]>(
  "seekNewestElements",
  `${outboxing}
   local function seek(outbox, atMs)
     local low, high = 0, redis.call('LLEN', outbox)
     while atMs and low < high do
       local middle = math.floor((low + high) / 2)
       if readElement(redis.call('LINDEX', outbox, middle)).atMs < atMs then low = middle + 1 else high = middle end
     end
     return atMs and low or high
   end
   local found = {}
   for at = 1, #KEYS, 2 do
     local before = seek(KEYS[at], tonumber(ARGV[1]))
     local newest = before > 0 and redis.call('LINDEX', KEYS[at], before - 1)
     local removed = redis.call('HGET', KEYS[at + 1], 'removed') or '0'
     found[#found + 1] = { removed, before, newest and readElement(newest).atMs or 0 }
   end
   return found`,
);

/** Where a connection's newest records are: pass `before` to `listRecords`. */
export type NewestRecord = { connectionId: string; before: string; atMs: number };

/** Of each connection that has any, its newest records, or those of before a time in Unix milliseconds. */
export async function findNewestRecords(
  redis: RedisClient,
  connectionIds: readonly string[],
  beforeMs?: number,
): Promise<NewestRecord[]> {
  const parts = forOneScript(redis, connectionIds).map(async (ids) => {
    const keys = ids.map(outboxKeys).flatMap(({ outbox, meta }) => [outbox, meta]);
    const found = await seekNewest(redis, keys, [beforeMs ?? ""]);
    return found.flatMap(([removed, before, atMs], index): NewestRecord[] =>
      before === 0
        ? []
        : [{ connectionId: ids[index] as string, before: String(Number(removed) + before + 1), atMs }],
    );
  });
  return (await Promise.all(parts)).flat();
}

/** Since when records are kept, in Unix milliseconds; undefined when there are none. */
export async function recordedSinceMs(redis: RedisClient, connectionId: string): Promise<number | undefined> {
  const oldest = await redis.lindex(outboxKeys(connectionId).outbox, 0);
  return oldest ? timeOfElement(oldest) : undefined;
}
