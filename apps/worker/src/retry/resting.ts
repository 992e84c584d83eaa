import type { Order } from "../delivery/order.ts";
import type { PendingOperation } from "../delivery/pending.ts";

const firstRestMs = 1_000;
const longestRestMs = 60_000;

/** Operations that wait while others go first. */
export type Resting = {
  /** For at least `leastMs`, and then up to 1 s, twice as long for each time they did so before. */
  add(operations: PendingOperation[], leastMs: number, times: number): void;
  /** Returns those that are due at `nowMs` to the order; forgets those whose job left the hand. */
  wake(nowMs?: number): void;
  untilNextMs(): number;
};

export function createResting(order: Pick<Order, "putBack">): Resting {
  let groups: { operations: PendingOperation[]; untilMs: number }[] = [];

  return {
    add(operations, leastMs, times) {
      for (const operation of operations) operation.place = "resting";
      const maxMs = Math.min(firstRestMs * 2 ** times, longestRestMs);
      groups.push({ operations, untilMs: performance.now() + leastMs + Math.random() * maxMs });
    },
    wake(nowMs = performance.now()) {
      const due = groups.filter(({ untilMs }) => untilMs <= nowMs);
      if (due.length === 0) return;
      groups = groups.filter(({ untilMs }) => untilMs > nowMs);
      for (const operation of due.flatMap(({ operations }) => operations)) {
        if (operation.message.job.inHand && operation.place === "resting") order.putBack(operation);
      }
    },
    untilNextMs() {
      const nextMs = Math.min(Number.POSITIVE_INFINITY, ...groups.map(({ untilMs }) => untilMs));
      return Math.max(0, nextMs - performance.now());
    },
  };
}
