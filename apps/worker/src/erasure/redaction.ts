import { createNameFilter } from "@customerio-router/connections";
import { normalizePerson, peopleOf, redactEntry } from "@customerio-router/messages";
import type { Redaction } from "@customerio-router/queue";
import { erasureKey } from "@customerio-router/redis";
import type { Task } from "./erase-context.ts";

/** What is left of the messages of these tasks' people, counted for each erasure. */
export function createRedaction(
  connectionId: string,
  tasks: Task[],
  mayGoOn: () => boolean,
): Redaction & { concerns(person: string): boolean } {
  const everybody = new Map<string, Set<string>>();
  for (const { erasure, people } of tasks) {
    for (const key of people) everybody.set(key, (everybody.get(key) ?? new Set()).add(erasure.id));
  }
  const erasuresOf = (keys: string[]) => new Set(keys.flatMap((key) => [...(everybody.get(key) ?? [])]));
  const concerned = new WeakMap<object, Set<string>>();
  return {
    mayGoOn,
    concerns: (person) => everybody.has(normalizePerson(person)),
    mayConcern: createNameFilter([...everybody.keys()]),
    redact(entry, operations) {
      const keys = peopleOf(entry.message, operations);
      const ids = erasuresOf(keys);
      if (ids.size === 0) return undefined;
      concerned.set(entry, ids);
      return redactEntry(entry, keys);
    },
    count(entries, state) {
      const amounts = new Map<string, number>();
      for (const entry of entries) {
        for (const id of concerned.get(entry) ?? []) amounts.set(id, (amounts.get(id) ?? 0) + 1);
      }
      return [...amounts].map(([id, by]) => [erasureKey(connectionId, id), state, by]);
    },
  };
}
