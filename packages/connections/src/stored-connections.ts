import type { Cluster, Redis } from "ioredis";
import { connectionKeys } from "./connection-keys.ts";
import { describeUnreadable, readRecord, toConnection } from "./connection-record.ts";
import type { Stored } from "./connection-scripts.ts";
import { nameKey, writeKeyHash } from "./identity.ts";

/** SHA-256 of each write key, and the id of its connection. */
export type WriteKeyHashes = [hash: string, connectionId: string][];

/** A stored connection that cannot be delivered to as it stands, and why, as a sentence's end. */
export type BrokenConnection = { id: string; why: string };

export type StoredConnections = {
  /** Each is read by itself: one that cannot be read keeps no other from its work. */
  all(): Promise<{ stored: Stored[]; broken: BrokenConnection[] }>;
  byId(id: string): Promise<Stored | undefined>;
  byName(name: string): Promise<Stored | undefined>;
  byWriteKey(writeKey: string): Promise<Stored | undefined>;
  writeKeyHashes(): Promise<WriteKeyHashes>;
};

/** The records as they stand in Redis. */
export function createStoredConnections(redis: Redis | Cluster): StoredConnections {
  const stored = (text: string): Stored => ({ record: readRecord(text), text });

  async function byId(id: string): Promise<Stored | undefined> {
    const text = await redis.hget(connectionKeys.records, id);
    return text === null ? undefined : stored(text);
  }

  async function through(index: string, key: string): Promise<Stored | undefined> {
    const id = await redis.hget(index, key);
    return id === null ? undefined : byId(id);
  }

  return {
    async all() {
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
    },
    byId,
    byName: (name) => through(connectionKeys.names, nameKey(name)),
    byWriteKey: (writeKey) => through(connectionKeys.writeKeys, writeKeyHash(writeKey)),
    writeKeyHashes: async () => Object.entries(await redis.hgetall(connectionKeys.writeKeys)),
  };
}
