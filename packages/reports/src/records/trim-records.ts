import {
  defineScript,
  forOneScript,
  outboxKeys,
  queueKeys,
  type RedisClient,
} from "@customerio-router/redis";
import { outboxing } from "./outbox.ts";

/** Elements removed in one step: Redis is free in between. */
const atOnce = 200;

/** Removes the oldest elements: those before a time, and as many as exceed the bytes. A cut that loses some goes on with the others. Gives how many elements and messages. */
const trim = defineScript<[elements: number, messages: number]>(
  "trimRecords",
  `${outboxing}
   local outbox, meta, completed = unpack(KEYS)
   local prefix, beforeMs, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
   local elements, messages = 0, 0
   while elements < ${atOnce} do
     local oldest = redis.call('LINDEX', outbox, 0)
     if not oldest then
       if elements > 0 then redis.call('HSET', meta, 'bytes', 0) end
       break
     end
     local bytes = tonumber(redis.call('HGET', meta, 'bytes') or 0)
     if bytes <= most and readElement(oldest).atMs >= beforeMs then break end
     messages = messages + removeOldest(outbox, meta, completed, prefix).messages
     elements = elements + 1
   end
   if elements > 0 then currentCut(meta) end
   return { elements, messages }`,
);

/**
 * Keeps a connection's records within an age and a size, the oldest removed first, with the completed jobs that have them.
 * @returns how many messages' records were removed
 */
export async function trimRecords(
  redis: RedisClient,
  connectionId: string,
  { beforeMs, bytes }: { beforeMs: number; bytes: number },
): Promise<number> {
  const { outbox, meta } = outboxKeys(connectionId);
  const { completed, jobPrefix } = queueKeys(connectionId);
  let removed = 0;
  for (;;) {
    const args = [jobPrefix, beforeMs, Math.floor(bytes)];
    const [elements, messages] = await trim(redis, [outbox, meta, completed.set], args);
    removed += messages;
    if (elements < atOnce) return removed;
  }
}

/** Bytes that a connection's records take, the completed jobs that have them included. */
export async function recordBytes(redis: RedisClient, connectionId: string): Promise<number> {
  return Number((await redis.hget(outboxKeys(connectionId).meta, "bytes")) ?? 0);
}

const readBytes = defineScript<string[]>(
  "readRecordBytes",
  `local bytes = {}
   for at, meta in ipairs(KEYS) do bytes[at] = redis.call('HGET', meta, 'bytes') or '0' end
   return bytes`,
);

/** The same of many connections, in their order. */
export async function recordBytesOf(redis: RedisClient, connectionIds: readonly string[]): Promise<number[]> {
  const metas = connectionIds.map((id) => outboxKeys(id).meta);
  const bytes = await Promise.all(forOneScript(redis, metas).map((keys) => readBytes(redis, keys, [])));
  return bytes.flat().map(Number);
}

/** Forgets all records of a connection, with the completed jobs that have them, also those that a person took out of Bull Board. */
export async function removeRecords(redis: RedisClient, connectionId: string): Promise<void> {
  await trimRecords(redis, connectionId, { beforeMs: Number.MAX_SAFE_INTEGER, bytes: 0 });
  await redis.unlink(outboxKeys(connectionId).meta);
}
