import { defineScript, erasureKeys, type RedisClient } from "@customerio-router/redis";
import { LRUCache } from "lru-cache";
import type { ErasureCipher } from "./erasure-cipher.ts";

/** The list as Redis has it, and as a spool keeps it. */
export type StoredList = {
  version: number;
  /** Of the hashes. */
  sealedKey: string | undefined;
  entries: ListEntry[];
};

/** People who are erased in a connection, or in all of them. */
export type ListEntry = { connection: string; hashes: string[] };

/** Stands for all connections, also later ones. */
export const allConnections = "all";

const readList = defineScript<[version: string | null, key: string | null, entries: string[]]>(
  "readErasedList",
  `return { redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('HVALS', KEYS[3]) }`,
);

export async function readErasedList(redis: RedisClient): Promise<StoredList> {
  const keys = [erasureKeys.version, erasureKeys.key, erasureKeys.list];
  const [version, sealedKey, entries] = await readList(redis, keys, []);
  return {
    version: Number(version ?? 0),
    sealedKey: sealedKey ?? undefined,
    entries: entries.map((text) => JSON.parse(text) as ListEntry),
  };
}

const maxRemembered = 20_000;

/** Tells whether a person is on the list: one HMAC for each key that was not asked for lately. */
export function createErasedLookup(
  entries: ListEntry[],
  cipher: ErasureCipher,
): (connectionId: string, people: string[]) => boolean {
  const connections = new Map<string, Set<string>>();
  for (const { connection, hashes } of entries) {
    for (const hash of hashes) {
      const known = connections.get(hash) ?? new Set();
      connections.set(hash, known.add(connection));
    }
  }
  const remembered = new LRUCache<string, { in: ReadonlySet<string> | undefined }>({ max: maxRemembered });

  function find(person: string): ReadonlySet<string> | undefined {
    const known = remembered.get(person) ?? { in: connections.get(cipher.hash(person)) };
    remembered.set(person, known);
    return known.in;
  }

  return (connectionId, people) =>
    people.some((person) => {
      const erasedIn = find(person);
      return erasedIn?.has(connectionId) || erasedIn?.has(allConnections) || false;
    });
}
