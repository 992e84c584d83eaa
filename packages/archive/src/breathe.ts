import { setImmediate as nextTurn } from "node:timers/promises";

/** How long work on lines keeps the event loop before it lets others run. */
const maxTurnMs = 8;

/** Gives a function to call between two pieces of work: it waits a turn of the event loop when this one has taken 8 ms. */
export function createBreather(): () => Promise<void> | undefined {
  let turnEndsAt = performance.now() + maxTurnMs;
  return () => {
    if (performance.now() < turnEndsAt) return undefined;
    return nextTurn().then(() => {
      turnEndsAt = performance.now() + maxTurnMs;
    });
  };
}
