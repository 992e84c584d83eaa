import { changeChannel, connectionKeys, defineScript, type RedisClient } from "@customerio-router/redis";
import { makeMark, markField } from "../installation/mark.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import { nameKey, writeKeyHash } from "./identity.ts";

const keys = [
  connectionKeys.records,
  connectionKeys.names,
  connectionKeys.writeKeys,
  connectionKeys.apiKeys,
  connectionKeys.version,
];

/** Says what changed to every process that watches, in the same breath as the change. */
const announce = `redis.call('PUBLISH', channel, redis.call('INCR', version) .. ' ' .. id)`;

/** The first connection marks Redis as this installation's. */
const put = defineScript<PutResult>(
  "putConnection",
  `local records, names, writeKeys, apiKeys, version = unpack(KEYS)
   local id, former, latter, name, formerName, writeKey, formerWriteKey, apiKey, channel, mark, firstVersion = unpack(ARGV)
   if (redis.call('HGET', records, id) or '') ~= former then return 'changed' end
   local function taken(index, key)
     local holder = redis.call('HGET', index, key)
     return holder and holder ~= id and redis.call('HEXISTS', records, holder) == 1
   end
   if taken(names, name) then return 'name-taken' end
   if taken(writeKeys, writeKey) then return 'write-key-taken' end
   if formerName ~= '' then redis.call('HDEL', names, formerName) end
   if formerWriteKey ~= '' then redis.call('HDEL', writeKeys, formerWriteKey) end
   redis.call('HSET', records, id, latter)
   redis.call('HSET', names, name, id)
   redis.call('HSET', writeKeys, writeKey, id)
   if apiKey ~= '' then redis.call('HSET', apiKeys, id, apiKey) end
   if redis.call('HLEN', records) == 1 then redis.call('HSETNX', writeKeys, '${markField}', mark) end
   redis.call('SET', version, firstVersion, 'NX')
   ${announce}
   return 'put'`,
);

const erase = defineScript<"erased" | "changed">(
  "eraseConnection",
  `local records, names, writeKeys, apiKeys, version = unpack(KEYS)
   local id, former, name, writeKey, channel = unpack(ARGV)
   if redis.call('HGET', records, id) ~= former then return 'changed' end
   redis.call('HDEL', records, id)
   redis.call('HDEL', names, name)
   redis.call('HDEL', writeKeys, writeKey)
   redis.call('HDEL', apiKeys, id)
   ${announce}
   return 'erased'`,
);

/** A record together with its text in Redis, by which a change made meanwhile by somebody else is noticed. */
export type Stored = { record: ConnectionRecord; text: string };

type PutResult = "put" | "changed" | "name-taken" | "write-key-taken";

/** Writes a record and its look-ups at once, or nothing. `former` undefined: only if there is none yet. */
export async function putRecord(
  redis: RedisClient,
  {
    former,
    latter,
    sealedApiKey,
  }: { former: Stored | undefined; latter: ConnectionRecord; sealedApiKey?: string },
): Promise<PutResult> {
  const args = [
    latter.id,
    former?.text ?? "",
    JSON.stringify(latter),
    nameKey(latter.name),
    former ? nameKey(former.record.name) : "",
    writeKeyHash(latter.writeKey),
    former ? writeKeyHash(former.record.writeKey) : "",
    sealedApiKey ?? "",
    changeChannel,
    makeMark(),
    // Higher than any before: an emptied Redis must not come to a version that somebody has seen already.
    Date.now(),
  ];
  return await put(redis, keys, args);
}

/** Deletes a record, its look-ups and its API key at once, or nothing when it was changed meanwhile. */
export async function eraseRecord(
  redis: RedisClient,
  { record, text }: Stored,
): Promise<"erased" | "changed"> {
  const args = [record.id, text, nameKey(record.name), writeKeyHash(record.writeKey), changeChannel];
  return await erase(redis, keys, args);
}

const mark = defineScript<number>(
  "markInstallation",
  `local records, writeKeys = unpack(KEYS)
   for at = 2, #ARGV, 3 do
     local id, text, writeKey = unpack(ARGV, at, at + 2)
     if redis.call('HGET', records, id) == text then redis.call('HSETNX', writeKeys, writeKey, id) end
   end
   return redis.call('HSETNX', writeKeys, '${markField}', ARGV[1])`,
);

/**
 * Marks a Redis that has connections but no mark: it is of an earlier version, or evicted the write keys with the mark.
 * Their look-up is made again from the records.
 */
export async function markInstallation(redis: RedisClient, stored: Stored[]): Promise<void> {
  const args = stored.flatMap(({ record, text }) => [record.id, text, writeKeyHash(record.writeKey)]);
  await mark(redis, [connectionKeys.records, connectionKeys.writeKeys], [makeMark(), ...args]);
}
