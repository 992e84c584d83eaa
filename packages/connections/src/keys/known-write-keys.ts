import type { Route } from "../sources/source.ts";
import {
  findMoves,
  forgetConnectionIn,
  type KnownSources,
  mergeReading,
  recallWriteKeys,
  toKnownSources,
  type WriteKeyReading,
} from "./write-key-memory.ts";

/** The write keys that Redis has or had, and what it lost of their connections. */
export type KnownWriteKeys = {
  /** Whether there are any. */
  readonly hasSome: boolean;
  /** Whether the last reading showed an installation's mark, and nothing is lost. */
  readonly isComplete: boolean;
  /** Whether Redis lost all connections. */
  readonly isEmptied: boolean;
  /** Where the calls of a write key go. */
  routeOf(hash: string): Route | undefined;
  /** Whether Redis has the connection, as it was read last. */
  has(connectionId: string): boolean;
  /** The connections that Redis lost. */
  missing(): string[];
  isMissing(connectionId: string): boolean;
  /** The connection that has the write key of a lost one now, under another id. */
  movedTo(connectionId: string): string | undefined;
  /** The lost connections whose write key it has now. */
  movedFrom(connectionId: string): string[];
  /** Takes in what Redis said. */
  merge(reading: WriteKeyReading): void;
  /** The connection will not return: nothing is sent to it from now on, and write keys that led to it alone are unknown. */
  forget(connectionId: string): void;
};

export type KnownWriteKeysOptions = {
  formerly: KnownSources;
  onRead: ((sources: KnownSources) => void) | undefined;
  onLoss: ((missing: string[]) => void) | undefined;
};

export function createKnownWriteKeys({ formerly, onRead, onLoss }: KnownWriteKeysOptions): KnownWriteKeys {
  let memory = recallWriteKeys(formerly);
  let hasMark = false;
  const moves = new Map<string, string>();

  function become(latter: typeof memory): void {
    const former = memory;
    memory = latter;
    onRead?.(toKnownSources(latter));
    const isMore = [...latter.missing].some((id) => !former.missing.has(id));
    if (isMore || (former.missing.size > 0 && latter.missing.size === 0)) onLoss?.([...latter.missing]);
  }

  return {
    get hasSome() {
      return memory.known.size > 0;
    },
    get isComplete() {
      return hasMark && memory.missing.size === 0;
    },
    get isEmptied() {
      return memory.missing.size > 0 && memory.present.size === 0;
    },
    routeOf(hash) {
      const key = memory.known.get(hash);
      return key && memory.routes.get(key.id);
    },
    has: (connectionId) => memory.present.has(connectionId),
    missing: () => [...memory.missing],
    isMissing: (connectionId) => memory.missing.has(connectionId),
    movedTo: (connectionId) => moves.get(connectionId),
    movedFrom: (connectionId) => [...moves].flatMap(([from, to]) => (to === connectionId ? [from] : [])),
    merge(reading) {
      const latter = mergeReading(memory, reading);
      for (const [from, to] of findMoves(memory, latter)) moves.set(from, to);
      hasMark = reading.mark !== undefined;
      become(latter);
    },
    forget(connectionId) {
      if (memory.missing.has(connectionId)) become(forgetConnectionIn(memory, connectionId));
    },
  };
}
