import { LRUCache } from "lru-cache";
import type { Connection } from "./connection.ts";
import type { ConnectionStore } from "./connection-store.ts";
import { writeKeyHash } from "./identity.ts";

export type WriteKeyLookup = AsyncDisposable & {
  /**
   * The connection of a write key, from memory when it is there. A connection found before is still found while Redis is away.
   * @throws what Redis throws, for a write key that is not in memory
   */
  find(writeKey: string): Promise<Connection | undefined>;
  close(): Promise<void>;
};

export type WriteKeyLookupOptions = {
  store: Pick<ConnectionStore, "findByWriteKey" | "watch">;
  /** Connections held in memory. */
  maxKnown?: number;
  /** Unknown write keys held in memory, apart, so that guessed keys push no real one out. */
  maxUnknown?: number;
  /** How long an unknown key stays unknown should the news of its connection be lost. */
  unknownMs?: number;
};

type Known = { connection: Connection; epoch: number };

/** Looks write keys up for the intake: one hash of a few microseconds a call, Redis only for what is new or changed. */
export function createWriteKeyLookup(options: WriteKeyLookupOptions): WriteKeyLookup {
  const { store, maxKnown = 10_000, maxUnknown = 10_000, unknownMs = 5_000 } = options;
  const known = new LRUCache<string, Known>({ max: maxKnown });
  const unknown = new LRUCache<string, number>({ max: maxUnknown, ttl: unknownMs });
  const underWay = new Map<string, { epoch: number; answer: Promise<Connection | undefined> }>();
  let epoch = 0;
  const watch = store.watch(() => {
    epoch += 1;
  });

  /** What was read before a change is never taken for what stands after it. */
  async function load(hash: string, writeKey: string, readAt: number): Promise<Connection | undefined> {
    try {
      const connection = await store.findByWriteKey(writeKey);
      if (connection) known.set(hash, { connection, epoch: readAt });
      else {
        known.delete(hash);
        unknown.set(hash, readAt);
      }
      return connection;
    } catch (error) {
      const former = known.get(hash);
      if (former) return former.connection;
      throw error;
    } finally {
      if (underWay.get(hash)?.epoch === readAt) underWay.delete(hash);
    }
  }

  async function find(writeKey: string): Promise<Connection | undefined> {
    const hash = writeKeyHash(writeKey);
    const found = known.get(hash);
    if (found?.epoch === epoch) return found.connection;
    if (unknown.get(hash) === epoch) return undefined;
    const loading = underWay.get(hash);
    if (loading?.epoch === epoch) return loading.answer;
    const answer = load(hash, writeKey, epoch);
    underWay.set(hash, { epoch, answer });
    return answer;
  }

  return { find, close: () => watch.close(), [Symbol.asyncDispose]: () => watch.close() };
}
