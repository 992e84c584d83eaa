import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import { defineScript, goneKey, type RedisClient, recordKeys } from "@customerio-router/redis";
import { writeBody } from "./group-body.ts";
import { writeHead } from "./head.ts";
import type { MessageRecord } from "./record.ts";

const compress = promisify(zstdCompress);

/** Keeps a group of a connection that was not deleted under the next number and adds to the connection's bytes. What Redis itself needs for a group is about this much. */
const overheadBytes = 150;

const keepGroup = defineScript<number>(
  "keepRecords",
  `if redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
   local number = redis.call('HINCRBY', KEYS[3], 'number', 1)
   local head = struct.pack('>I8', number) .. ARGV[1]
   redis.call('RPUSH', KEYS[1], head)
   redis.call('HSET', KEYS[2], number, ARGV[2])
   return redis.call('HINCRBY', KEYS[3], 'bytes', #head + #ARGV[2] + ${overheadBytes})`,
);

/**
 * Stores the outcomes of these messages as one group. `wholeJobs` has job data as JSON, by job id, for jobs all of
 * whose entries are recorded here in order: it is stored unchanged, which costs a fraction.
 */
export async function writeRecords(
  redis: RedisClient,
  connectionId: string,
  records: MessageRecord[],
  wholeJobs: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  if (records.length === 0) return;
  const head = writeHead(
    Math.max(...records.map(({ atMs }) => atMs)),
    records.map(({ messageId }) => messageId),
  );
  const body = await compress(writeBody(records, wholeJobs));
  const { heads, bodies, meta } = recordKeys(connectionId);
  await keepGroup(redis, [heads, bodies, meta, goneKey(connectionId)], [head, body]);
}

/** Drops the oldest groups: those before `beforeMs`, and as many as it takes to be within `bytes`. Gives how many are left to drop. */
const dropGroups = defineScript<number>(
  "dropRecords",
  `local bytes = tonumber(redis.call('HGET', KEYS[3], 'bytes') or 0)
   for _ = 1, 200 do
     local head = redis.call('LINDEX', KEYS[1], 0)
     if not head then
       redis.call('DEL', KEYS[2])
       if bytes ~= 0 then redis.call('HSET', KEYS[3], 'bytes', 0) end
       return 0
     end
     local number, atMs = struct.unpack('>I8I8', head)
     if atMs >= tonumber(ARGV[1]) and bytes <= tonumber(ARGV[2]) then return 0 end
     redis.call('LPOP', KEYS[1])
     local size = #head + redis.call('HSTRLEN', KEYS[2], string.format('%.0f', number)) + ${overheadBytes}
     redis.call('HDEL', KEYS[2], string.format('%.0f', number))
     bytes = redis.call('HINCRBY', KEYS[3], 'bytes', -size)
   end
   return 1`,
);

/** Keeps a connection's records within an age and a size, oldest out first. */
export async function trimRecords(
  redis: RedisClient,
  connectionId: string,
  { beforeMs, bytes }: { beforeMs: number; bytes: number },
): Promise<void> {
  const { heads, bodies, meta } = recordKeys(connectionId);
  // In portions, so that Redis is free in between.
  while ((await dropGroups(redis, [heads, bodies, meta], [beforeMs, Math.floor(bytes)])) > 0);
}

/** How much a connection's records take. */
export async function recordBytes(redis: RedisClient, connectionId: string): Promise<number> {
  return Number((await redis.hget(recordKeys(connectionId).meta, "bytes")) ?? 0);
}

/** Forgets all records of a connection. */
export async function removeRecords(redis: RedisClient, connectionId: string): Promise<void> {
  const { heads, bodies, meta } = recordKeys(connectionId);
  await redis.del(heads, bodies, meta);
}
