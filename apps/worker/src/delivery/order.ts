import TinyQueue from "tinyqueue";
import type { PendingOperation } from "./pending.ts";

/**
 * Who waits for whom: an operation waits while an earlier unsettled one has a key in common with it. Only
 * direct neighbours in line know each other, so that adding and settling cost one step for each key, and
 * nothing is remembered of a person without unsettled operations.
 */
export type Order = {
  /** Adds an operation behind the earlier ones of its persons; a sent or resting one holds back later ones. */
  add(operation: PendingOperation): void;
  /** Releases the operations that wait for `operation`, whose outcome is written to Redis. */
  settle(operation: PendingOperation): void;
  /** Returns a sent or resting operation to its place. */
  putBack(operation: PendingOperation): void;
  /** The oldest operation that waits for no other. */
  peek(): PendingOperation | undefined;
  /** Removes that one. */
  shift(): PendingOperation | undefined;
  /** The number of operations that wait for no other. */
  readonly readyCount: number;
  /** Forgets everything. */
  clear(): void;
};

export function createOrder(): Order {
  const lastInLine = new Map<string, PendingOperation>();
  const bySequence = (a: PendingOperation, b: PendingOperation) => a.sequence - b.sequence;
  let ready = new TinyQueue<PendingOperation>([], bySequence);

  function makeReady(operation: PendingOperation): void {
    operation.place = "ready";
    ready.push(operation);
  }

  return {
    add(operation) {
      for (const key of operation.keys) {
        const before = lastInLine.get(key);
        // Put there by another key already, it is the last.
        if (before && before !== operation && before.followers.at(-1) !== operation) {
          before.followers.push(operation);
          operation.waitsFor += 1;
        }
        lastInLine.set(key, operation);
      }
      if (operation.waitsFor === 0 && operation.place === "waiting") makeReady(operation);
    },

    settle(operation) {
      operation.place = "settled";
      for (const key of operation.keys) if (lastInLine.get(key) === operation) lastInLine.delete(key);
      for (const follower of operation.followers) {
        follower.waitsFor -= 1;
        if (follower.waitsFor === 0 && follower.place === "waiting") makeReady(follower);
      }
      operation.followers.length = 0;
    },

    putBack(operation) {
      if (operation.waitsFor === 0) makeReady(operation);
      else operation.place = "waiting";
    },

    peek: () => ready.peek(),

    shift: () => ready.pop(),

    get readyCount() {
      return ready.length;
    },

    clear() {
      lastInLine.clear();
      ready = new TinyQueue<PendingOperation>([], bySequence);
    },
  };
}
