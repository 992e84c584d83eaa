import type { Connection } from "@customerio-router/connections";
import type { Lease, Leases } from "@customerio-router/queue";
import type { Pipeline } from "../delivery/pipeline.ts";
import type { ConnectionRetries } from "./connection-retries.ts";
import { createOrphans } from "./orphans.ts";
import type { OwnedPipelines } from "./owned-pipelines.ts";

/** How often a process that has its share looks for orphans, at one command per connection. */
const lookForOrphansMs = 2_500;

/** Opening one takes several round trips to Redis. */
const openedAtOnce = 20;

/** A process says once a second that it is alive, also while it opens thousands. */
const roundMs = 1_000;

/** Acquires connections without an owner, up to the share, and orphans beyond it: as many as in a second. */
export type Claims = {
  claim(connections: Connection[], share: number): Promise<"done" | "more">;
};

export function createClaims(options: {
  leases: Pick<Leases, "unowned" | "acquire">;
  owned: OwnedPipelines;
  retries: ConnectionRetries;
  open: (connection: Connection, lease: Lease) => Promise<Pipeline>;
  /** Once aborted, no connection is acquired. */
  signal: AbortSignal;
}): Claims {
  const { leases, owned, retries, signal } = options;
  const orphans = createOrphans();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Being opened within the share. */
  let opening = 0;

  async function findUnowned(connections: Connection[]): Promise<Connection[]> {
    const candidates = connections.filter(({ id }) => !owned.holds(id));
    const unowned = new Set(await leases.unowned(candidates.map(({ id }) => id)));
    orphans.see(unowned);
    return candidates.filter(({ id }) => unowned.has(id));
  }

  async function open(connection: Connection, isBeyondShare: boolean): Promise<void> {
    const withinShare = isBeyondShare ? 0 : 1;
    opening += withinShare;
    try {
      const lease = await leases.acquire(connection.id);
      if (!lease) return;
      const isOpen = await retries.attempt(connection.id, async () =>
        owned.add(await options.open(connection, lease), isBeyondShare),
      );
      if (!isOpen) await lease.release();
    } finally {
      opening -= withinShare;
    }
  }

  return {
    async claim(connections, share) {
      const now = performance.now();
      if (owned.fills(share) && now - lookedAtMs < lookForOrphansMs) return "done";
      lookedAtMs = now;
      const unowned = await findUnowned(connections);
      // Random order, so that processes do not compete for the same connections.
      const wanted = unowned.filter(({ id }) => retries.isDue(id)).sort(() => Math.random() - 0.5);
      const left = wanted.values();
      async function openSome(): Promise<void> {
        while (!signal.aborted && performance.now() - now < roundMs) {
          const { value: connection } = left.next();
          if (connection === undefined) return;
          const isBeyondShare = owned.fills(share - opening);
          if (!isBeyondShare || orphans.has(connection.id)) await open(connection, isBeyondShare);
        }
      }
      await Promise.all(Array.from({ length: openedAtOnce }, openSome));
      return left.next().done ? "done" : "more";
    },
  };
}
