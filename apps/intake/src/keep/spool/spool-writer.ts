import { setImmediate as nextTurn } from "node:timers/promises";
import type { AskSpool } from "./open-spool-thread.ts";
import type { SpoolRow } from "./spool-row.ts";

/** After this long a disk that failed is tried again. */
const retryMs = 1_000;

type SpoolWriter = {
  /** Resolves once the rows are on disk. @throws what the disk has against it */
  write(rows: SpoolRow[]): Promise<void>;
  /**
   * Removes the rows of a connection up to a position, which Redis has. Resolves when the disk was asked to: if it failed,
   * they stay known as moved, and go with the next write that does not fail.
   */
  remove(connectionId: string, position: number): Promise<void>;
  /** Up to which position a connection's rows are in Redis though they are still on disk; 0 for none. */
  movedUpTo(connectionId: string): number;
  /** Why the last write failed; undefined when it did not. */
  readonly failure: string | undefined;
  /** Tries once more to remove what Redis has. */
  close(): Promise<void>;
};

/** Group commit: what comes while the disk is busy is one transaction, the next one. */
export function createSpoolWriter(ask: AskSpool, onError: (error: unknown) => void): SpoolWriter {
  /** By connection, what Redis has and the disk too. */
  const moved = new Map<string, number>();
  let waiting: { rows: SpoolRow[]; done: PromiseWithResolvers<void> } | undefined;
  let isWriting = false;
  let failure: string | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function writeAll(): Promise<void> {
    isWriting = true;
    // What comes in the same turn of the event loop need not wait for a disk that is busy with the first of it.
    await nextTurn();
    while (waiting) {
      const { rows, done } = waiting;
      waiting = undefined;
      await writeOnce(rows).then(done.resolve, done.reject);
    }
    isWriting = false;
  }

  async function writeOnce(rows: SpoolRow[]): Promise<void> {
    const removals = [...moved].map(([connectionId, position]) => ({ connectionId, position }));
    clearTimeout(retry);
    try {
      await ask("write", { rows, removals });
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      onError(error);
      retry = setTimeout(() => void commit([]).catch(heardAlready), retryMs);
      throw error;
    }
    failure = undefined;
    for (const { connectionId, position } of removals) {
      if (moved.get(connectionId) === position) moved.delete(connectionId);
    }
  }

  function commit(rows: SpoolRow[]): Promise<void> {
    waiting ??= { rows: [], done: Promise.withResolvers() };
    waiting.rows.push(...rows);
    if (!isWriting) void writeAll();
    return waiting.done.promise;
  }

  return {
    write: commit,
    async remove(connectionId, position) {
      moved.set(connectionId, position);
      await commit([]).catch(heardAlready);
    },
    movedUpTo: (connectionId) => moved.get(connectionId) ?? 0,
    get failure() {
      return failure;
    },
    async close() {
      if (moved.size > 0) await commit([]).catch(heardAlready);
      clearTimeout(retry);
    },
  };
}

/** `onError` has heard of it. */
function heardAlready(): void {}
