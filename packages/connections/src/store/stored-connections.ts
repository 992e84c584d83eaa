import { connectionKeys, defineScript, type RedisClient } from "@customerio-router/redis";
import { markField } from "../installation/mark.ts";
import type { WriteKeyReading } from "../keys/write-key-memory.ts";
import { ownRoute, type Route, routeOf, type Source } from "../sources/source.ts";
import { ownSource, readSourceRecord } from "../sources/source-record.ts";
import { markInstallation, type Stored, type StoredSource } from "./commit.ts";
import { describeUnreadable, readRecord, toConnection } from "./connection-record.ts";
import { nameKey, writeKeyHash } from "./identity.ts";

/** A stored connection that cannot be delivered to as it stands, and why, as a sentence's end. */
export type BrokenConnection = { id: string; why: string };

/** What can be read of the records, each by itself: one that cannot be read keeps no other from its work. */
type AllStored = { stored: Stored[]; broken: BrokenConnection[]; sources: StoredSource[] };

export type StoredConnections = {
  all(): Promise<AllStored>;
  byId(id: string): Promise<Stored | undefined>;
  byName(name: string): Promise<Stored | undefined>;
  /** A source as it stands; without a text while it is in its connection's record. */
  source(id: string): Promise<{ source: Source; stored: StoredSource | undefined } | undefined>;
  sourceByName(name: string): Promise<Source | undefined>;
  sourceByWriteKey(writeKey: string): Promise<Source | undefined>;
  /** Where the calls of a write key go. */
  routeOf(writeKey: string): Promise<Route | undefined>;
  /** Whether there is a connection of this id, readable or not. */
  has(id: string): Promise<boolean>;
  /** The write keys, where each leads to, and the mark; where connections have none, it is made. */
  readWriteKeys(): Promise<WriteKeyReading>;
};

/** The settings decide the kind of a connection's own source; finding them in the text costs Redis less than reading all JSON. */
const readAtOnce = defineScript<
  [
    fields: string[],
    connectionIds: string[],
    sources: string[],
    destructive: string[],
    version: string | null,
  ]
>(
  "readWriteKeys",
  `local writeKeys, records, sources, version = unpack(KEYS)
   local ids, destructive = {}, {}
   local fields = redis.call('HGETALL', records)
   for at = 1, #fields, 2 do
     ids[#ids + 1] = fields[at]
     if string.find(fields[at + 1], '"destructiveEvents":true', 1, true) then destructive[#destructive + 1] = fields[at] end
   end
   return { redis.call('HGETALL', writeKeys), ids, redis.call('HVALS', sources), destructive, redis.call('GET', version) }`,
);

/** The records as they stand in Redis. */
export function createStoredConnections(redis: RedisClient): StoredConnections {
  async function byId(id: string): Promise<Stored | undefined> {
    const text = await redis.hget(connectionKeys.records, id);
    return text === null ? undefined : { record: readRecord(text), text };
  }

  async function source(id: string): ReturnType<StoredConnections["source"]> {
    const text = await redis.hget(connectionKeys.sources, id);
    if (text !== null) {
      const stored = { source: readSourceRecord(text), text };
      return { source: stored.source, stored };
    }
    const connection = await byId(id);
    const own = connection && ownSource(connection.record);
    return own && { source: own, stored: undefined };
  }

  async function byName(name: string): Promise<Stored | undefined> {
    const id = await redis.hget(connectionKeys.names, nameKey(name));
    return id === null ? undefined : byId(id);
  }

  async function sourceByWriteKey(writeKey: string): Promise<Source | undefined> {
    const id = await redis.hget(connectionKeys.writeKeys, writeKeyHash(writeKey));
    return id === null ? undefined : (await source(id))?.source;
  }

  async function all(): Promise<AllStored> {
    const found: AllStored = { stored: [], broken: [], sources: [] };
    for (const [id, text] of Object.entries(await redis.hgetall(connectionKeys.records))) {
      try {
        const one = { record: readRecord(text), text };
        toConnection(one.record);
        found.stored.push(one);
      } catch (error) {
        found.broken.push({ id, why: describeUnreadable(error) });
      }
    }
    for (const [id, text] of Object.entries(await redis.hgetall(connectionKeys.sources))) {
      try {
        found.sources.push({ source: readSourceRecord(text), text });
      } catch (error) {
        found.broken.push({ id, why: describeUnreadable(error) });
      }
    }
    return found;
  }

  async function readHash(): Promise<WriteKeyReading> {
    const { writeKeys: hashes, records, sources, version: versionKey } = connectionKeys;
    const keys = [hashes, records, sources, versionKey];
    const [fields, connectionIds, sourceTexts, destructive, version] = await readAtOnce(redis, keys, []);
    const pairs = fields.flatMap((field, index): [string, string][] =>
      index % 2 === 0 ? [[field, fields[index + 1] ?? ""]] : [],
    );
    const { [markField]: mark, ...writeKeys } = Object.fromEntries(pairs);
    const servers = new Set(destructive);
    const own = connectionIds.map((id) => ownRoute(id, servers.has(id) ? "server" : "browser"));
    const routes = [...own, ...sourceTexts.flatMap(readRoute)];
    return {
      mark,
      version: Number(version ?? 0),
      writeKeys: Object.entries(writeKeys),
      connectionIds,
      routes,
    };
  }

  return {
    all,
    has: async (id) => (await redis.hexists(connectionKeys.records, id)) === 1,
    byId,
    byName,
    source,
    async sourceByName(name) {
      const id = await redis.hget(connectionKeys.sourceNames, nameKey(name));
      if (id !== null) return (await source(id))?.source;
      const connection = await byName(name);
      return connection && (await source(connection.record.id))?.source;
    },
    sourceByWriteKey,
    async routeOf(writeKey) {
      const found = await sourceByWriteKey(writeKey);
      return found && routeOf(found);
    },
    async readWriteKeys() {
      const reading = await readHash();
      if (reading.mark !== undefined) return reading;
      const { stored, sources } = await all();
      if (stored.length + sources.length + reading.writeKeys.length === 0) return reading;
      await markInstallation(redis, { connections: stored, sources });
      return readHash();
    },
  };
}

/** A source that cannot be read counts as lost: its write keys go on leading where they led before. */
function readRoute(text: string): Route[] {
  try {
    return [routeOf(readSourceRecord(text))];
  } catch {
    return [];
  }
}
