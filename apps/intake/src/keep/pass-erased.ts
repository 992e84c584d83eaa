import type { ErasedPeople } from "@customerio-router/connections";
import type { Enqueuer } from "@customerio-router/queue";

/** The enqueuer, to which messages of erased people come without identity. */
export type PassErased = Enqueuer & {
  /** Resolves once what was under way is kept or refused: it may have begun before somebody was erased. */
  settled(): Promise<void>;
};

export function passErased(people: Pick<ErasedPeople, "pass" | "isEmpty">, enqueuer: Enqueuer): PassErased {
  const writing = new Set<Promise<unknown>>();

  return {
    async enqueue(connectionId, entries, messageIds) {
      const passed = people.isEmpty ? entries : entries.map((entry) => people.pass(connectionId, entry));
      const kept = enqueuer.enqueue(connectionId, passed, messageIds);
      writing.add(kept);
      return kept.finally(() => writing.delete(kept));
    },
    close: () => enqueuer.close(),
    async settled() {
      await Promise.allSettled(writing);
    },
  };
}
