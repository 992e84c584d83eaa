/** Timers take at most 2^31 - 1 ms. */
const longestWaitMs = 60_000;

/** Wakes the waiting caller; a notification without one wakes the next caller at once. */
export type Signal = { notify(): void; wait(timeoutMs?: number): Promise<void> };

export function createSignal(): Signal {
  let notified = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      notified = true;
      wake?.();
    },
    async wait(timeoutMs = longestWaitMs) {
      if (!notified) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = setTimeout(resolve, Math.min(timeoutMs, longestWaitMs));
        });
        clearTimeout(timer);
        wake = undefined;
      }
      notified = false;
    },
  };
}
