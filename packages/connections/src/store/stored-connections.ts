import { connectionKeys, defineScript, type RedisClient } from "@customerio-router/redis";
import { markField } from "../installation/mark.ts";
import type { WriteKeyReading } from "../keys/write-key-memory.ts";
import { describeUnreadable, readRecord, toConnection } from "./connection-record.ts";
import { markInstallation, type Stored } from "./connection-scripts.ts";
import { nameKey, writeKeyHash } from "./identity.ts";

/** A stored connection that cannot be delivered to as it stands, and why, as a sentence's end. */
export type BrokenConnection = { id: string; why: string };

export type StoredConnections = {
  /** Each is read by itself: one that cannot be read keeps no other from its work. */
  all(): Promise<{ stored: Stored[]; broken: BrokenConnection[] }>;
  byId(id: string): Promise<Stored | undefined>;
  byName(name: string): Promise<Stored | undefined>;
  byWriteKey(writeKey: string): Promise<Stored | undefined>;
  /** Whether there is one of this id, readable or not. */
  has(id: string): Promise<boolean>;
  /** The write keys and the mark; where connections have none, it is made. */
  readWriteKeys(): Promise<WriteKeyReading>;
};

const readAtOnce = defineScript<[fields: string[], connectionIds: string[]]>(
  "readWriteKeys",
  `return { redis.call('HGETALL', KEYS[1]), redis.call('HKEYS', KEYS[2]) }`,
);

/** The records as they stand in Redis. */
export function createStoredConnections(redis: RedisClient): StoredConnections {
  const stored = (text: string): Stored => ({ record: readRecord(text), text });

  async function byId(id: string): Promise<Stored | undefined> {
    const text = await redis.hget(connectionKeys.records, id);
    return text === null ? undefined : stored(text);
  }

  async function through(index: string, key: string): Promise<Stored | undefined> {
    const id = await redis.hget(index, key);
    return id === null ? undefined : byId(id);
  }

  async function all(): ReturnType<StoredConnections["all"]> {
    const found = { stored: [] as Stored[], broken: [] as BrokenConnection[] };
    for (const [id, text] of Object.entries(await redis.hgetall(connectionKeys.records))) {
      try {
        const one = stored(text);
        toConnection(one.record);
        found.stored.push(one);
      } catch (error) {
        found.broken.push({ id, why: describeUnreadable(error) });
      }
    }
    return found;
  }

  async function readHash(): Promise<WriteKeyReading> {
    const keys = [connectionKeys.writeKeys, connectionKeys.records];
    const [fields, connectionIds] = await readAtOnce(redis, keys, []);
    const pairs = fields.flatMap((field, index): [string, string][] =>
      index % 2 === 0 ? [[field, fields[index + 1] ?? ""]] : [],
    );
    const { [markField]: mark, ...writeKeys } = Object.fromEntries(pairs);
    return { mark, writeKeys: Object.entries(writeKeys), connectionIds };
  }

  return {
    all,
    has: async (id) => (await redis.hexists(connectionKeys.records, id)) === 1,
    byId,
    byName: (name) => through(connectionKeys.names, nameKey(name)),
    byWriteKey: (writeKey) => through(connectionKeys.writeKeys, writeKeyHash(writeKey)),
    async readWriteKeys() {
      const reading = await readHash();
      if (reading.mark !== undefined) return reading;
      const found = await all();
      if (found.stored.length + reading.writeKeys.length === 0) return reading;
      await markInstallation(redis, found.stored);
      return readHash();
    },
  };
}
