import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { Route } from "../sources/source.ts";
import type { ConnectionStore } from "../store/connection-store.ts";
import { writeKeyHash } from "../store/identity.ts";
import { startChangeReader } from "./change-reader.ts";
import { createKnownWriteKeys, type KnownWriteKeys } from "./known-write-keys.ts";
import type { KnownSources } from "./write-key-memory.ts";

/** A call waits so long for news of a change; then what was known before it counts. */
const timeoutMs = 300;

type Losses = Pick<
  KnownWriteKeys,
  "has" | "isEmptied" | "missing" | "isMissing" | "movedTo" | "movedFrom" | "forget"
>;

export type WriteKeyLookup = AsyncDisposable &
  Losses & {
    /**
     * Where the calls of a write key go: from memory, where all write keys are, by their hashes; Redis is asked for one that
     * is not there. While Redis is away the sources known before are found.
     * @throws what Redis throws, for a write key that is not in memory
     */
    find(writeKey: string): Promise<Route | undefined>;
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
    /** Asks Redis whether it has the connection; when it has not, finds out what else it lost. */
    confirm(connectionId: string): Promise<boolean>;
    /** The write keys that were found since this was asked last, by their hashes, with the time of each one's last use. */
    takeUses(): Map<string, number>;
    close(): Promise<void>;
  };

export type WriteKeyLookupOptions = {
  store: Pick<ConnectionStore, "findRoute" | "readWriteKeys" | "has" | "watch">;
  /** What a former process knew: counts until Redis has been read. */
  formerly?: KnownSources | undefined;
  /** Hears all write keys and routes whenever they have been read. */
  onRead?: (sources: KnownSources) => void;
  /** Hears that Redis lost connections, or that all it lost are back or given up. */
  onLoss?: (missing: string[]) => void;
  /** Unknown write keys held in memory, so that guesses do not all reach Redis. */
  maxUnknown?: number;
  /** How long an unknown key stays unknown should the news of its connection be lost. */
  unknownMs?: number;
};

/** Looks write keys up for the intake: one hash of a few microseconds a call. */
export function startWriteKeyLookup(options: WriteKeyLookupOptions): WriteKeyLookup {
  const {
    store,
    formerly = { writeKeys: [], routes: [] },
    onRead,
    onLoss,
    maxUnknown = 10_000,
    unknownMs = 5_000,
  } = options;
  /** By hash, with how many changes were heard of when Redis was asked. */
  const unknown = new LRUCache<string, number>({ max: maxUnknown, ttl: unknownMs });
  const known = createKnownWriteKeys({ formerly, onRead, onLoss });
  const { has, missing, isMissing, movedTo, movedFrom, forget } = known;
  const reader = startChangeReader({ read: store.readWriteKeys, onRead: known.merge });
  /** Any connection may have changed. */
  const watch = store.watch(() => reader.refresh());

  let uses = new Map<string, number>();

  async function ask(hash: string, writeKey: string): Promise<Route | undefined> {
    const before = reader.changes;
    if (unknown.get(hash) === before) return undefined;
    const route = await store.findRoute(writeKey);
    if (route === undefined) unknown.set(hash, before);
    return route;
  }

  async function close(): Promise<void> {
    reader.close();
    await watch.close();
  }

  return {
    has,
    missing,
    isMissing,
    movedTo,
    movedFrom,
    forget,
    async find(writeKey) {
      const hash = writeKeyHash(writeKey);
      const { pending } = reader;
      if (pending !== undefined) await Promise.race([pending, sleep(timeoutMs, undefined, { ref: false })]);
      const route = known.routeOf(hash) ?? (await ask(hash, writeKey));
      if (route !== undefined) uses.set(hash, Date.now());
      return route;
    },
    get isInformed() {
      return known.hasSome || reader.isRead;
    },
    get isComplete() {
      return known.isComplete;
    },
    get isRead() {
      return reader.isRead;
    },
    get isEmptied() {
      return known.isEmptied;
    },
    knows: (writeKey) => known.routeOf(writeKeyHash(writeKey)) !== undefined,
    takeUses() {
      const taken = uses;
      uses = new Map();
      return taken;
    },
    async confirm(connectionId) {
      if (isMissing(connectionId)) return false;
      if (await store.has(connectionId)) return true;
      reader.refresh();
      return false;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
