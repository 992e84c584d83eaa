/** After this many rejections in a row, over this long, single messages are no longer the likely cause. */
const streakOperations = 200;
const streakMs = 30_000;

/** Counts operations that Customer.io rejected in a row, to tell a broken workspace or mapping from broken messages. */
export type RejectionStreak = {
  accept(): void;
  reject(operations: number): void;
  /** True from the 200th rejection in a row on, once they span 30 s, until an operation is accepted. */
  readonly isBroken: boolean;
};

export function createRejectionStreak(): RejectionStreak {
  let rejected = 0;
  let firstAtMs = 0;

  return {
    accept() {
      rejected = 0;
    },
    reject(operations) {
      if (rejected === 0) firstAtMs = performance.now();
      rejected += operations;
    },
    get isBroken() {
      return rejected >= streakOperations && performance.now() - firstAtMs >= streakMs;
    },
  };
}
