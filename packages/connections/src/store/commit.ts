import {
  changeChannel,
  connectionKeys,
  defineScript,
  formatVersion,
  type RedisClient,
  requireNewestFormat,
} from "@customerio-router/redis";
import { makeMark, markField } from "../installation/mark.ts";
import type { Source } from "../sources/source.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import { nameKey, writeKeyHash } from "./identity.ts";
import { nameNewestPart } from "./newest-parts.ts";

const keys = [
  connectionKeys.records,
  connectionKeys.names,
  connectionKeys.sources,
  connectionKeys.sourceNames,
  connectionKeys.writeKeys,
  connectionKeys.writeKeyUses,
  connectionKeys.apiKeys,
  connectionKeys.version,
  connectionKeys.format,
];

/**
 * Writes connections and sources with their look-ups, all of them or none, and tells every process that watches in the same
 * step. The first connection marks Redis as this installation's, and its data as of the newest format.
 */
const write = defineScript<CommitResult>(
  "commitConnections",
  `local records, names, sources, sourceNames, writeKeys, uses, apiKeys, version, format = unpack(KEYS)
   local isFirst = redis.call('EXISTS', records, sources) == 0
   local change, channel, mark, firstVersion = cjson.decode(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
   for _, part in ipairs(change.connections) do
     if (redis.call('HGET', records, part.id) or '') ~= part.former then return 'changed' end
   end
   for _, part in ipairs(change.sources) do
     if (redis.call('HGET', sources, part.id) or '') ~= part.former then return 'changed' end
   end
   local function hasOwn(id)
     local text = redis.call('HGET', records, id)
     if not text or redis.call('HEXISTS', sources, id) == 1 then return false end
     local isRead, record = pcall(cjson.decode, text)
     return isRead and record.writeKey ~= nil
   end
   local function isConnection(name, id)
     local holder = redis.call('HGET', names, name)
     return holder and holder ~= id and redis.call('HEXISTS', records, holder) == 1
   end
   local function isSource(name, id)
     local holder = redis.call('HGET', sourceNames, name)
     if holder and holder ~= id and redis.call('HEXISTS', sources, holder) == 1 then return true end
     holder = redis.call('HGET', names, name)
     return holder and holder ~= id and hasOwn(holder)
   end
   local function isKeyTaken(key, id)
     local holder = redis.call('HGET', writeKeys, key)
     return holder and holder ~= id and (redis.call('HEXISTS', sources, holder) == 1 or hasOwn(holder))
   end
   local made = {}
   for _, part in ipairs(change.connections) do
     if part.latter ~= '' then
       made[part.id] = true
       if isConnection(part.name, part.id) then return 'name-taken' end
       if part.isOwn and isSource(part.name, part.id) then return 'source-name-taken' end
     end
   end
   for _, part in ipairs(change.sources) do
     if part.latter ~= '' and isSource(part.name, part.id) then return 'source-name-taken' end
     for _, id in ipairs(part.joined) do
       if not made[id] and redis.call('HEXISTS', records, id) == 0 then return 'no-connection' end
     end
   end
   for _, parts in ipairs({ change.connections, change.sources }) do
     for _, part in ipairs(parts) do
       for _, key in ipairs(part.added) do
         if isKeyTaken(key, part.id) then return 'write-key-taken' end
       end
     end
   end
   local function put(hash, index, part)
     if part.formerName ~= '' then redis.call('HDEL', index, part.formerName) end
     if part.latter == '' then redis.call('HDEL', hash, part.id)
     else
       redis.call('HSET', hash, part.id, part.latter)
       redis.call('HSET', index, part.name, part.id)
     end
     for _, key in ipairs(part.removed) do redis.call('HDEL', writeKeys, key) redis.call('HDEL', uses, key) end
   end
   for _, part in ipairs(change.connections) do
     put(records, names, part)
     if part.latter == '' then redis.call('HDEL', apiKeys, part.id)
     elseif part.apiKey ~= '' then redis.call('HSET', apiKeys, part.id, part.apiKey) end
   end
   for _, part in ipairs(change.sources) do put(sources, sourceNames, part) end
   for _, parts in ipairs({ change.connections, change.sources }) do
     for _, part in ipairs(parts) do
       for _, key in ipairs(part.added) do redis.call('HSET', writeKeys, key, part.id) end
     end
   end
   if redis.call('HLEN', records) + redis.call('HLEN', sources) == 1 then redis.call('HSETNX', writeKeys, '${markField}', mark) end
   if isFirst then redis.call('SET', format, ${formatVersion}, 'NX') end
   redis.call('SET', version, firstVersion, 'NX')
   local changed = {}
   for _, part in ipairs(change.connections) do changed[#changed + 1] = part.id end
   if #changed == 0 then changed = { '' } end
   for _, id in ipairs(changed) do redis.call('PUBLISH', channel, redis.call('INCR', version) .. ' ' .. id) end
   return 'committed'`,
);

/** A record together with its text in Redis, by which a change made meanwhile by somebody else is noticed. */
export type Stored = { record: ConnectionRecord; text: string };

/** The same of a source that has a record of its own. */
export type StoredSource = { source: Source; text: string };

/** `latter` undefined: it is deleted. `former` undefined: only if there is none yet. */
export type ConnectionPart = {
  former: Stored | undefined;
  latter: ConnectionRecord | undefined;
  sealedApiKey?: string | undefined;
};
export type SourcePart = { former: StoredSource | undefined; latter: Source | undefined };

type Refused = "name-taken" | "source-name-taken" | "write-key-taken" | "no-connection";
type CommitResult = "committed" | "changed" | Refused;
export type RefusedCommit = Refused;

/**
 * Writes parts that take no name and no key, at once. False where somebody else changed one of them meanwhile.
 * @throws where it was refused all the same: then the look-ups in Redis do not fit the records
 */
export async function commitRemoval(
  redis: RedisClient,
  parts: { connections?: ConnectionPart[]; sources?: SourcePart[] },
): Promise<boolean> {
  const result = await commit(redis, parts);
  if (result !== "committed" && result !== "changed") {
    throw new Error(
      `Redis refused a removal (${result}): its records and its look-ups do not fit each other`,
    );
  }
  return result === "committed";
}

/** Writes all of the parts at once, or nothing. @throws OlderFormatError for what the format of the data does not allow yet */
export async function commit(
  redis: RedisClient,
  parts: { connections?: ConnectionPart[]; sources?: SourcePart[] },
): Promise<CommitResult> {
  const { connections = [], sources = [] } = parts;
  const newest = nameNewestPart({ connections, sources });
  if (newest !== undefined) await requireNewestFormat(redis, newest);
  // A write key that goes from a connection's record to its source's stays; the order of the parts does not matter.
  const kept = new Set(sources.flatMap(({ latter }) => hashesOf(latter)));
  const change = {
    connections: connections.map((part) => describeConnection(part, kept)),
    sources: sources.map(describeSource),
  };
  // Higher than any version before: an emptied Redis must not come to one that somebody has seen already.
  return await write(redis, keys, [JSON.stringify(change), changeChannel, makeMark(), Date.now()]);
}

function describeConnection({ former, latter, sealedApiKey }: ConnectionPart, kept: ReadonlySet<string>) {
  const before = hashesOf(former?.record);
  const after = hashesOf(latter);
  return {
    ...describe(former && { ...former.record, text: former.text }, latter),
    apiKey: sealedApiKey ?? "",
    isOwn: latter?.writeKey !== undefined,
    added: after.filter((hash) => !before.includes(hash)),
    removed: before.filter((hash) => !after.includes(hash) && !kept.has(hash)),
  };
}

function describeSource({ former, latter }: SourcePart) {
  const before = hashesOf(former?.source);
  const after = hashesOf(latter);
  const joinedBefore = former?.source.connections ?? [];
  return {
    ...describe(former && { ...former.source, text: former.text }, latter),
    added: after.filter((hash) => !before.includes(hash)),
    removed: before.filter((hash) => !after.includes(hash)),
    joined: (latter?.connections ?? []).filter((id) => !joinedBefore.includes(id)),
  };
}

type Named = { id: string; name: string };

function describe(former: (Named & { text: string }) | undefined, latter: Named | undefined) {
  return {
    id: (latter ?? former)?.id ?? "",
    former: former?.text ?? "",
    latter: latter === undefined ? "" : JSON.stringify(latter),
    name: latter === undefined ? "" : nameKey(latter.name),
    formerName: former === undefined ? "" : nameKey(former.name),
  };
}

function hashesOf(owner: ConnectionRecord | Source | undefined): string[] {
  if (owner === undefined) return [];
  if ("writeKeys" in owner) return owner.writeKeys.map(({ key }) => writeKeyHash(key));
  return owner.writeKey === undefined ? [] : [writeKeyHash(owner.writeKey)];
}

const mark = defineScript<number>(
  "markInstallation",
  `local records, sources, writeKeys = unpack(KEYS)
   for at = 2, #ARGV, 4 do
     local kind, id, text, writeKey = unpack(ARGV, at, at + 3)
     if redis.call('HGET', kind == 'source' and sources or records, id) == text then
       redis.call('HSETNX', writeKeys, writeKey, id)
     end
   end
   return redis.call('HSETNX', writeKeys, '${markField}', ARGV[1])`,
);

/**
 * Marks a Redis that has connections but no mark: it is of an earlier version, or evicted the write keys with the mark.
 * Their look-up is made again from the records.
 */
export async function markInstallation(
  redis: RedisClient,
  { connections, sources }: { connections: Stored[]; sources: StoredSource[] },
): Promise<void> {
  const stored = new Set(sources.map(({ source }) => source.id));
  const args = [
    ...connections
      .filter(({ record }) => !stored.has(record.id))
      .flatMap(({ record, text }) =>
        hashesOf(record).flatMap((hash) => ["connection", record.id, text, hash]),
      ),
    ...sources.flatMap(({ source, text }) =>
      hashesOf(source).flatMap((hash) => ["source", source.id, text, hash]),
    ),
  ];
  const { records, sources: sourceRecords, writeKeys } = connectionKeys;
  await mark(redis, [records, sourceRecords, writeKeys], [makeMark(), ...args]);
}
