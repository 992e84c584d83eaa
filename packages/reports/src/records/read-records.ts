import { defineScript, outboxKeys, queueKeys, type RedisClient } from "@customerio-router/redis";
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
    const first = Math.max(oldest, last - listedAtOnce + 1);
    const elements = await readRange(redis, connectionId, first, last);
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

/** The first element that is not before a time, counted from 0, by halving: elements stand in the order of their times. */
const seekElement = defineScript<number>(
  "seekElement",
  `${outboxing}
   local low, high = 0, redis.call('LLEN', KEYS[1])
   while low < high do
     local middle = math.floor((low + high) / 2)
     if readElement(redis.call('LINDEX', KEYS[1], middle)).atMs < tonumber(ARGV[1]) then low = middle + 1 else high = middle end
   end
   return low`,
);

/** Pass as `before` to `listRecords` for the records of before a time, in Unix milliseconds. */
export async function placeBefore(redis: RedisClient, connectionId: string, atMs: number): Promise<string> {
  const removed = await readRemoved(redis, connectionId);
  const place = await seekElement(redis, [outboxKeys(connectionId).outbox], [atMs]);
  return String(removed + place + 1);
}

/** Since when records are kept, in Unix milliseconds; undefined when there are none. */
export async function recordedSinceMs(redis: RedisClient, connectionId: string): Promise<number | undefined> {
  const oldest = await redis.lindex(outboxKeys(connectionId).outbox, 0);
  return oldest ? timeOfElement(oldest) : undefined;
}
