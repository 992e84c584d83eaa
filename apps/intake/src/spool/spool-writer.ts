import { setImmediate as nextTurn } from "node:timers/promises";
import type { AskSpool } from "./open-spool-thread.ts";
import type { SpoolChange } from "./spool-row.ts";

/** Resolves once a change is on disk. */
export type WriteSpool = (change: Partial<SpoolChange>) => Promise<void>;

/** Group commit: what comes while the disk is busy is one transaction, the next one. */
export function createSpoolWriter(ask: AskSpool): WriteSpool {
  let waiting: { change: SpoolChange; done: PromiseWithResolvers<void> } | undefined;
  let isWriting = false;

  async function writeAll(): Promise<void> {
    isWriting = true;
    // What comes in the same turn of the event loop need not wait for a disk that is busy with the first of it.
    await nextTurn();
    while (waiting) {
      const { change, done } = waiting;
      waiting = undefined;
      await ask("write", change).then(done.resolve, done.reject);
    }
    isWriting = false;
  }

  return ({ rows = [], removals = [] }) => {
    waiting ??= { change: { rows: [], removals: [] }, done: Promise.withResolvers() };
    waiting.change.rows.push(...rows);
    waiting.change.removals.push(...removals);
    if (!isWriting) void writeAll();
    return waiting.done.promise;
  };
}
