/** Wakes whoever waits; a call that comes while nobody waits wakes the next one at once. */
export type Signal = { notify(): void; wait(timeoutMs?: number): Promise<void> };

export function createSignal(): Signal {
  let notified = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      notified = true;
      wake?.();
    },
    async wait(timeoutMs = Number.POSITIVE_INFINITY) {
      if (!notified) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (timeoutMs !== Number.POSITIVE_INFINITY) timer = setTimeout(resolve, timeoutMs);
        });
        clearTimeout(timer);
        wake = undefined;
      }
      notified = false;
    },
  };
}
