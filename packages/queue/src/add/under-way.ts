import type { Arrival } from "./new-job.ts";

/** A connection's writes under way: a copy that arrives meanwhile shares the first one's result. */
export type UnderWay = {
  /** The entries that are not under way, and the result of the others. */
  sort(arrivals: Arrival[]): { fresh: Arrival[]; copies: Promise<unknown>[] };
  /** Registers the result of these. */
  follow(arrivals: Arrival[], kept: Promise<unknown>): void;
};

export function createUnderWay(): UnderWay {
  const underWay = new Map<string, Promise<unknown>>();

  return {
    sort(arrivals) {
      const copies = new Set<Promise<unknown>>();
      const fresh = arrivals.filter(({ digest }) => {
        const first = underWay.get(digest);
        if (first !== undefined) copies.add(first);
        return first === undefined;
      });
      return { fresh, copies: [...copies] };
    },

    follow(arrivals, kept) {
      for (const { digest } of arrivals) underWay.set(digest, kept);
      const forget = () => {
        for (const { digest } of arrivals) underWay.delete(digest);
      };
      kept.then(forget, forget);
    },
  };
}
