import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { ConnectionStore } from "../store/connection-store.ts";
import { writeKeyHash } from "../store/identity.ts";
import {
  findMoves,
  forgetConnectionIn,
  mergeReading,
  recallWriteKeys,
  toHashes,
  type WriteKeyHashes,
} from "./write-key-memory.ts";

/** A call waits so long for news of a change; then what was known before it counts. */
const timeoutMs = 300;

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
  /**
   * Whether a write key that is not found can be refused for good: Redis was read, has an installation's mark, and lost no
   * connection.
   */
  readonly isComplete: boolean;
  /** Whether Redis was read. */
  readonly isRead: boolean;
  /** Whether Redis has the connection, as it was read last. */
  has(connectionId: string): boolean;
  /** Whether Redis lost all connections. */
  readonly isEmptied: boolean;
  /** The connections that Redis lost. */
  missing(): string[];
  isMissing(connectionId: string): boolean;
  /** The connection that has the write key of a lost one now, under another id. */
  movedTo(connectionId: string): string | undefined;
  /** The lost connections whose write key it has now. */
  movedFrom(connectionId: string): string[];
  /** Asks Redis whether it has the connection; when it has not, finds out what else it lost. */
  confirm(connectionId: string): Promise<boolean>;
  /** The connection will not return: its write keys are unknown from now on. */
  forget(connectionId: string): void;
  close(): Promise<void>;
};

export type WriteKeyLookupOptions = {
  store: Pick<ConnectionStore, "findByWriteKey" | "readWriteKeys" | "has" | "watch">;
  /** What a former process knew: counts until Redis has been read. */
  formerly?: WriteKeyHashes | undefined;
  /** Hears all write keys whenever they have been read. */
  onRead?: (writeKeys: WriteKeyHashes) => void;
  /** Hears that Redis lost connections, or that all it lost are back or given up. */
  onLoss?: (missing: string[]) => void;
  /** Unknown write keys held in memory, so that guesses do not all reach Redis. */
  maxUnknown?: number;
  /** How long an unknown key stays unknown should the news of its connection be lost. */
  unknownMs?: number;
};

/** Looks write keys up for the intake: one hash of a few microseconds a call. */
export function createWriteKeyLookup(options: WriteKeyLookupOptions): WriteKeyLookup {
  const { store, formerly = [], onRead, onLoss, maxUnknown = 10_000, unknownMs = 5_000 } = options;
  const unknown = new LRUCache<string, number>({ max: maxUnknown, ttl: unknownMs });
  let memory = recallWriteKeys(formerly);
  let hasMark = false;
  const moves = new Map<string, string>();
  /** Changes heard of, and how many of them had come when `memory` was read. */
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
        const reading = await store.readWriteKeys();
        const latter = mergeReading(memory, reading);
        for (const [from, to] of findMoves(memory, latter)) moves.set(from, to);
        hasMark = reading.mark !== undefined;
        readAfter = before;
        if (!isClosed) become(latter);
      }
    } catch {
      // Whoever owns the client logs that Redis is away.
      if (!isClosed) retry = setTimeout(read, retryMs);
    }
  }

  function become(latter: typeof memory): void {
    const former = memory;
    memory = latter;
    onRead?.(toHashes(latter));
    const isMore = [...latter.missing].some((id) => !former.missing.has(id));
    if (isMore || (former.missing.size > 0 && latter.missing.size === 0)) onLoss?.([...latter.missing]);
  }

  async function ask(hash: string, writeKey: string): Promise<{ id: string } | undefined> {
    const before = changes;
    if (unknown.get(hash) === before) return undefined;
    const connection = await store.findByWriteKey(writeKey);
    if (connection === undefined) unknown.set(hash, before);
    return connection && { id: connection.id };
  }

  /** Any connection may have changed. */
  function refresh(): void {
    changes += 1;
    void read();
  }
  const watch = store.watch(refresh);
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
        await Promise.race([reading, sleep(timeoutMs, undefined, { ref: false })]);
      }
      const key = memory.known.get(hash);
      return key === undefined ? ask(hash, writeKey) : { id: key.id };
    },
    get isInformed() {
      return memory.known.size > 0 || readAfter >= 0;
    },
    get isComplete() {
      return hasMark && memory.missing.size === 0;
    },
    get isRead() {
      return readAfter >= 0;
    },
    get isEmptied() {
      return memory.missing.size > 0 && memory.present.size === 0;
    },
    knows: (writeKey) => memory.known.has(writeKeyHash(writeKey)),
    has: (connectionId) => memory.present.has(connectionId),
    missing: () => [...memory.missing],
    isMissing: (connectionId) => memory.missing.has(connectionId),
    movedTo: (connectionId) => moves.get(connectionId),
    movedFrom: (connectionId) => [...moves].flatMap(([from, to]) => (to === connectionId ? [from] : [])),
    async confirm(connectionId) {
      if (memory.missing.has(connectionId)) return false;
      if (await store.has(connectionId)) return true;
      refresh();
      return false;
    },
    forget(connectionId) {
      if (memory.missing.has(connectionId)) become(forgetConnectionIn(memory, connectionId));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
