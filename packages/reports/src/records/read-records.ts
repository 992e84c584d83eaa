import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { type RedisClient, recordKeys } from "@customerio-router/redis";
import { readBody } from "./group-body.ts";
import { mayHold, readHead } from "./head.ts";
import type { MessageRecord } from "./record.ts";

const decompress = promisify(zstdDecompress);

/** Heads read in one go: some 20 MB at the most. */
const headsAtOnce = 5_000;

/**
 * All that is known of a message, newest first. Reads the heads of a connection's groups from the newest on,
 * which for a million messages are some megabytes, and unpacks only the groups that have it.
 */
export async function findRecords(
  redis: RedisClient,
  connectionId: string,
  messageId: string,
): Promise<MessageRecord[]> {
  const { heads } = recordKeys(connectionId);
  const found: MessageRecord[] = [];
  const count = await redis.llen(heads);
  for (let end = count - 1; end >= 0; end -= headsAtOnce) {
    const page = await redis.lrangeBuffer(heads, Math.max(0, end - headsAtOnce + 1), end);
    const numbers = page.filter((head) => mayHold(head, messageId)).map((head) => readHead(head).number);
    for (const number of numbers.toReversed()) {
      const records = await readGroup(redis, connectionId, number);
      found.push(...records.filter((record) => record.messageId === messageId).toReversed());
    }
  }
  return found;
}

/** A page of records, newest first. */
export type RecordPage = {
  records: MessageRecord[];
  /** Pass as `before` to read on; absent when there is nothing older. */
  next?: string;
  /** The newest group of the page; pass as `after` to read what came since. */
  latest?: string;
};

/** The newest records in whole groups: at least `limit` of them, if there are that many. */
export async function listRecords(
  redis: RedisClient,
  connectionId: string,
  options: { limit: number; before?: string | undefined; after?: string | undefined },
): Promise<RecordPage> {
  const { limit, before, after } = options;
  const groups = await newestGroups(redis, connectionId);
  const page: RecordPage = { records: [] };
  for await (const number of groups) {
    if (before !== undefined && number >= BigInt(before)) continue;
    if (after !== undefined && number <= BigInt(after)) return page;
    if (page.records.length >= limit) return page;
    page.latest ??= String(number);
    page.records.push(...(await readGroup(redis, connectionId, number)).toReversed());
    page.next = String(number);
  }
  delete page.next;
  return page;
}

async function* newestGroups(redis: RedisClient, connectionId: string): AsyncGenerator<bigint> {
  const { heads } = recordKeys(connectionId);
  const atOnce = 100;
  for (let end = (await redis.llen(heads)) - 1; end >= 0; end -= atOnce) {
    const page = await redis.lrangeBuffer(heads, Math.max(0, end - atOnce + 1), end);
    for (const head of page.toReversed()) yield readHead(head).number;
  }
}

/** Since when records are kept, in Unix milliseconds; undefined when there are none. */
export async function recordedSinceMs(redis: RedisClient, connectionId: string): Promise<number | undefined> {
  const oldest = await redis.lindexBuffer(recordKeys(connectionId).heads, 0);
  return oldest ? readHead(oldest).atMs : undefined;
}

/** Empty when the group has been dropped meanwhile. */
async function readGroup(redis: RedisClient, connectionId: string, number: bigint): Promise<MessageRecord[]> {
  const body = await redis.hgetBuffer(recordKeys(connectionId).bodies, String(number));
  if (!body) return [];
  return readBody((await decompress(body)).toString());
}
