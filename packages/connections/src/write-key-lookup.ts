import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { ConnectionStore } from "./connection-store.ts";
import { writeKeyHash } from "./identity.ts";
import type { WriteKeyHashes } from "./stored-connections.ts";

/** A call waits so long for news of a change; then what was known before it counts. */
const patienceMs = 300;

/** What could not be read is read again after so long. */
const retryMs = 500;

export type WriteKeyLookup = AsyncDisposable & {
  /**
   * The connection of a write key: from memory, where all write keys are, by their hashes; Redis is asked for one that is
   * not there. While Redis is away the connections known before are found.
   * @throws what Redis throws, for a write key that is not in memory
   */
  find(writeKey: string): Promise<{ id: string } | undefined>;
  /** Whether the write key is in memory; asks nobody. */
  knows(writeKey: string): boolean;
  /** Whether there are write keys in memory, or Redis has said that there are none. */
  readonly isInformed: boolean;
  close(): Promise<void>;
};

export type WriteKeyLookupOptions = {
  store: Pick<ConnectionStore, "findByWriteKey" | "writeKeyHashes" | "watch">;
  /** What a former process knew: counts until Redis has been read. */
  formerly?: WriteKeyHashes | undefined;
  /** Hears all write keys whenever they have been read. */
  onRead?: (writeKeys: WriteKeyHashes) => void;
  /** Unknown write keys held in memory, so that guesses do not all reach Redis. */
  maxUnknown?: number;
  /** How long an unknown key stays unknown should the news of its connection be lost. */
  unknownMs?: number;
};

/** Looks write keys up for the intake: one hash of a few microseconds a call. */
export function createWriteKeyLookup(options: WriteKeyLookupOptions): WriteKeyLookup {
  const { store, formerly = [], onRead, maxUnknown = 10_000, unknownMs = 5_000 } = options;
  const unknown = new LRUCache<string, number>({ max: maxUnknown, ttl: unknownMs });
  let known = new Map(formerly);
  /** Changes heard of, and how many of them had come when `known` was read. */
  let changes = 0;
  let readAfter = -1;
  let reading: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  /** Reads until no change came meanwhile; one reading at a time. */
  function read(): Promise<void> {
    clearTimeout(retry);
    reading ??= readAll().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readAll(): Promise<void> {
    try {
      while (readAfter !== changes && !isClosed) {
        const before = changes;
        const writeKeys = await store.writeKeyHashes();
        known = new Map(writeKeys);
        readAfter = before;
        if (!isClosed) onRead?.(writeKeys);
      }
    } catch {
      // Whoever owns the client logs that Redis is away.
      if (!isClosed) retry = setTimeout(read, retryMs);
    }
  }

  async function ask(hash: string, writeKey: string): Promise<{ id: string } | undefined> {
    const before = changes;
    if (unknown.get(hash) === before) return undefined;
    const connection = await store.findByWriteKey(writeKey);
    if (connection === undefined) unknown.set(hash, before);
    return connection && { id: connection.id };
  }

  const watch = store.watch(() => {
    changes += 1;
    void read();
  });
  void read();

  async function close(): Promise<void> {
    isClosed = true;
    clearTimeout(retry);
    await watch.close();
  }

  return {
    async find(writeKey) {
      const hash = writeKeyHash(writeKey);
      if (readAfter !== changes && reading !== undefined) {
        await Promise.race([reading, sleep(patienceMs, undefined, { ref: false })]);
      }
      const id = known.get(hash);
      return id === undefined ? ask(hash, writeKey) : { id };
    },
    get isInformed() {
      return known.size > 0 || readAfter >= 0;
    },
    knows: (writeKey) => known.has(writeKeyHash(writeKey)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
