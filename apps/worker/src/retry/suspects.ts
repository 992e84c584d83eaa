import type { PendingOperation, Tries } from "../delivery/pending.ts";

/** A request that failed this often, with no other accepted in between, is split on suspicion. */
const failuresBeforeHalving = 2;

/** What is to be done with the operations of a request that failed. */
export type Suspicion = {
  /** The connection took others since each of these last failed: the trouble is with them, not with the connection. */
  othersPass: boolean;
  /** They let others go first. */
  standAside: boolean;
  /** How often they failed while others passed. */
  times: number;
};

/**
 * Finds operations that make their request fail, where the reply may also mean an outage. They go in smaller and
 * smaller requests, behind all others, until the culprit is alone. Only operations that failed while others were
 * accepted are proven at fault; any other suspicion ends when the connection accepts a request.
 */
export type Suspects = {
  /** The connection took a request. */
  accept(): void;
  /** Customer.io answered 400 to all of these together: smaller requests find the one at fault. */
  halve(operations: PendingOperation[]): void;
  /** A request with these failed; `counts` where its reply (500) counts towards a rejection. */
  fail(operations: PendingOperation[], counts: boolean): Suspicion;
  /** Whether it failed often enough to let others go first. */
  isSuspect(operation: PendingOperation): boolean;
};

export function createSuspects(): Suspects {
  let accepted = 0;
  /** Those made smaller without proof. */
  const unproven = new Set<Tries>();

  function makeSmaller(operations: PendingOperation[], isProven: boolean): void {
    const groupLimit = Math.ceil(operations.length / 2);
    for (const { tries } of operations) {
      tries.groupLimit = groupLimit;
      if (isProven) unproven.delete(tries);
      else unproven.add(tries);
    }
  }

  return {
    accept() {
      accepted += 1;
      for (const tries of unproven) tries.groupLimit = Number.POSITIVE_INFINITY;
      unproven.clear();
    },

    halve: (operations) => makeSmaller(operations, true),

    fail(operations, counts) {
      const othersPass = operations.some(
        ({ tries }) => tries.failures > 0 && accepted > tries.acceptedBefore,
      );
      let times = 0;
      let failures = 0;
      for (const { tries } of operations) {
        if (othersPass) tries.passedBy += 1;
        if (othersPass && counts) tries.counted += 1;
        tries.failures += 1;
        tries.acceptedBefore = accepted;
        times = Math.max(times, tries.passedBy);
        failures = Math.max(failures, tries.failures);
      }
      // A busy Customer.io rejects some requests and takes others: one such reply proves nothing, a 500 does.
      const isProven = othersPass && (counts || times >= failuresBeforeHalving);
      const isGuess = !othersPass && failures % failuresBeforeHalving === 0;
      if (operations.length > 1 && (isProven || isGuess)) makeSmaller(operations, isProven);
      return { othersPass: isProven, standAside: failures >= failuresBeforeHalving, times };
    },

    isSuspect: ({ tries }) => tries.failures >= failuresBeforeHalving,
  };
}
