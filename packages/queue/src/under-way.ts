import type { Entry } from "./entry.ts";

/** An entry on its way in; `digest` stands for the messageId its caller gave it, null where he gave none. */
export type Arrival = { entry: Entry; digest: string | null };

/** What is being kept at the moment: a copy that comes meanwhile is not kept too, it shares the fate of the first one. */
export type UnderWay = {
  /** Those that are not under way, and what becomes of the others. */
  sort(connectionId: string, arrivals: Arrival[]): { fresh: Arrival[]; copies: Promise<void>[] };
  /** Says what will become of these. */
  follow(connectionId: string, arrivals: Arrival[], kept: Promise<void>): void;
};

export function createUnderWay(): UnderWay {
  const underWay = new Map<string, Promise<void>>();
  const nameOf = (connectionId: string, digest: string) => `${connectionId} ${digest}`;

  return {
    sort(connectionId, arrivals) {
      const fresh: Arrival[] = [];
      const copies = new Set<Promise<void>>();
      for (const arrival of arrivals) {
        const { digest } = arrival;
        const first = digest === null ? undefined : underWay.get(nameOf(connectionId, digest));
        if (first === undefined) fresh.push(arrival);
        else copies.add(first);
      }
      return { fresh, copies: [...copies] };
    },

    follow(connectionId, arrivals, kept) {
      const names = arrivals.flatMap(({ digest }) => (digest === null ? [] : [nameOf(connectionId, digest)]));
      if (names.length === 0) return;
      for (const name of names) underWay.set(name, kept);
      const forget = () => {
        for (const name of names) underWay.delete(name);
      };
      kept.then(forget, forget);
    },
  };
}
