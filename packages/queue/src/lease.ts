import { leaseKey, tenureKey } from "./names.ts";
import type { RedisClient } from "./redis.ts";
import { defineScript } from "./script.ts";

/** Long enough for a slow Redis, short enough for a quick fail-over. */
const leaseMs = 4000;

/** Twice within a lease: one that fails costs nothing. */
const refreshMs = 1400;

/** How much earlier than Redis a process thinks its lease is over, so that two never believe they own it. */
const marginMs = 500;

const acquire = defineScript<number>(
  "acquireLease",
  `if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
   return redis.call('INCR', KEYS[2])`,
);

const extend = defineScript<number>(
  "extendLease",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
   return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
);

const release = defineScript<number>(
  "releaseLease",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
   return redis.call('DEL', KEYS[1])`,
);

/** The right of one process to take and settle a connection's jobs. */
export type Lease = {
  readonly connectionId: string;
  /** The number of this ownership; a later owner has a higher one. */
  readonly tenure: number;
  /** False once the lease may have run out, even if the process slept through it, and from then on: ask before each step. */
  isHeld(): boolean;
  release(): Promise<void>;
};

/**
 * The leases of one process, kept alive by one timer. A mutex library does not fit: a lease raises the
 * tenure in the same step, and its holder must know by its own clock, after any sleep, that it is over.
 */
export type Leases = {
  /** Takes the lease if nobody holds it. */
  acquire(connectionId: string): Promise<Lease | undefined>;
  /** Of these connections, those whose lease nobody holds. */
  unowned(connectionIds: string[]): Promise<string[]>;
  close(): Promise<void>;
};

export function createLeases(options: {
  redis: RedisClient;
  /** A name no other process has. */
  owner: string;
  /** Hears of a lease that somebody else may hold by now. */
  onLost: (lease: Lease) => void;
}): Leases {
  const { redis, owner } = options;
  const held = new Map<string, { lease: Lease; heldUntil: number }>();

  function lose(lease: Lease): void {
    if (held.get(lease.connectionId)?.lease !== lease) return;
    held.delete(lease.connectionId);
    options.onLost(lease);
  }

  async function refresh(connectionId: string): Promise<void> {
    const entry = held.get(connectionId);
    if (!entry) return;
    const sentAt = performance.now();
    const extended = await extend(redis, [leaseKey(connectionId)], [owner, leaseMs]);
    // Once over, over for good: whoever asked in between has stopped work already.
    if (extended === 1 && entry.lease.isHeld()) entry.heldUntil = sentAt + leaseMs - marginMs;
    else lose(entry.lease);
  }

  let refreshing = false;
  const timer = setInterval(async () => {
    for (const { lease } of held.values()) if (!lease.isHeld()) lose(lease);
    if (refreshing) return;
    refreshing = true;
    // A failed refresh needs no word of its own: the lease runs out, and that is told.
    await Promise.allSettled([...held.keys()].map(refresh));
    refreshing = false;
  }, refreshMs);

  return {
    async acquire(connectionId) {
      const sentAt = performance.now();
      const tenure = await acquire(
        redis,
        [leaseKey(connectionId), tenureKey(connectionId)],
        [owner, leaseMs],
      );
      if (tenure === 0) return undefined;
      const lease: Lease = {
        connectionId,
        tenure,
        isHeld: () => {
          const entry = held.get(connectionId);
          return entry?.lease === lease && performance.now() < entry.heldUntil;
        },
        release: async () => {
          if (held.get(connectionId)?.lease !== lease) return;
          held.delete(connectionId);
          await release(redis, [leaseKey(connectionId)], [owner]);
        },
      };
      held.set(connectionId, { lease, heldUntil: sentAt + leaseMs - marginMs });
      return lease;
    },

    async unowned(connectionIds) {
      const holders = await Promise.all(connectionIds.map((id) => redis.exists(leaseKey(id))));
      return connectionIds.filter((_, index) => holders[index] === 0);
    },

    async close() {
      clearInterval(timer);
      await Promise.allSettled([...held.values()].map(({ lease }) => lease.release()));
    },
  };
}
