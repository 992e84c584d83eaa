/** During a longer pause the taken jobs go back to the queue, where a person can edit them. */
export const longPauseMs = 5_000;

/** A pause between requests. */
export type Pause = {
  /** Lasts at least this long from now; it is never shortened. */
  extend(ms: number): void;
  end(): void;
  /** How much longer it lasts, in milliseconds; 0 when it is over. */
  leftMs(): number;
  /** True while it is longer than 5 s, and jobs wait in the queue instead of in memory. */
  isLong(): boolean;
};

export function createPause(): Pause {
  let endsAtMs = 0;
  let long = false;

  return {
    extend(ms) {
      const untilMs = performance.now() + ms;
      if (untilMs <= endsAtMs) return;
      endsAtMs = untilMs;
      long = ms > longPauseMs;
    },
    end() {
      endsAtMs = 0;
      long = false;
    },
    leftMs: () => Math.max(0, endsAtMs - performance.now()),
    isLong: () => long && performance.now() < endsAtMs,
  };
}
