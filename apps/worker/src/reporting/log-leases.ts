import type { Lease } from "@customerio-router/queue";
import type { Logger } from "@customerio-router/service";

/** What happens to many connections at once, such as when Redis is away, is one line. */
const gatherMs = 1_000;

/** Connections that a line names. */
const maxNamed = 5;

type Change = "took" | "lost" | "regained";

/** Which connections this process has come to own, and which it no longer does, as lines with a count. */
export type LeaseLog = Disposable & {
  /** The delivery of its connection begins, or goes on after a pause under the same lease. */
  took(lease: Lease): void;
  lost(lease: Lease): void;
};

const sentences: Record<Change, string> = {
  took: "took the lease of",
  lost: "lost the lease of",
  regained: "regained the lease of",
};

export function createLeaseLog(logger: Pick<Logger, "info" | "warn">): LeaseLog {
  const gathered = new Map<Change, Lease[]>();
  const lostNow = new Set<string>();
  const known = new WeakSet<Lease>();
  let due: NodeJS.Timeout | undefined;

  function add(change: Change, lease: Lease): void {
    gathered.set(change, [...(gathered.get(change) ?? []), lease]);
    due ??= setTimeout(flush, gatherMs).unref();
  }

  function flush(): void {
    clearTimeout(due);
    due = undefined;
    for (const [change, leases] of gathered) {
      const line = {
        connections: leases.length,
        named: leases.slice(0, maxNamed).map(({ connectionId }) => connectionId),
      };
      const text = `${sentences[change]} ${leases.length} ${leases.length === 1 ? "connection" : "connections"}`;
      if (change === "lost") logger.warn(line, text);
      else logger.info(line, text);
    }
    gathered.clear();
  }

  return {
    took(lease) {
      if (known.has(lease)) return;
      known.add(lease);
      add(lostNow.delete(lease.connectionId) ? "regained" : "took", lease);
    },
    lost(lease) {
      lostNow.add(lease.connectionId);
      add("lost", lease);
    },
    [Symbol.dispose]: flush,
  };
}
