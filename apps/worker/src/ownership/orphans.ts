/** A process that has its share acquires a connection that had no owner for this long: the others cannot. */
const orphanMs = 5_000;

/** Since when connections have been without an owner, as far as this process has seen. */
export type Orphans = {
  /** These have no owner now, all others have. */
  see(unowned: ReadonlySet<string>): void;
  /** Whether it had no owner for so long that the other processes evidently cannot acquire it. */
  has(connectionId: string): boolean;
};

export function createOrphans(): Orphans {
  const sinceMs = new Map<string, number>();

  return {
    see(unowned) {
      for (const id of sinceMs.keys()) if (!unowned.has(id)) sinceMs.delete(id);
      for (const id of unowned) if (!sinceMs.has(id)) sinceMs.set(id, performance.now());
    },
    has: (connectionId) =>
      performance.now() - (sinceMs.get(connectionId) ?? Number.POSITIVE_INFINITY) >= orphanMs,
  };
}
