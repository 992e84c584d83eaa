import type { Arrival } from "./new-job.ts";

/** What is being kept of a connection at the moment: a copy that comes meanwhile shares the fate of the first one. */
export type UnderWay = {
  /** Those that are not under way, and what becomes of the others. */
  sort(arrivals: Arrival[]): { fresh: Arrival[]; copies: Promise<void>[] };
  /** Says what will become of these. */
  follow(arrivals: Arrival[], kept: Promise<void>): void;
};

export function createUnderWay(): UnderWay {
  const underWay = new Map<string, Promise<void>>();

  return {
    sort(arrivals) {
      const copies = new Set<Promise<void>>();
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
