import { randomBytes, randomUUID } from "node:crypto";
import {
  defineScript,
  fenceKey,
  fencingNumberKey,
  forOneScript,
  goneKey,
  leaseKey,
  type RedisClient,
} from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";

/** Long enough for a slow Redis, short enough for a quick fail-over. */
const leaseMs = 4000;

/** Twice within a lease: one that fails costs nothing. */
const refreshMs = 1400;

/** Less than the margin, so that requests under way are given up before another owner sends. */
const checkMs = 200;

/** How much earlier than Redis a process thinks its lease is over, so that two never believe they own it. */
const marginMs = 500;

/**
 * A number for people, and something random that no other owner ever has, also when the count of owners was lost. Like all
 * that delivering needs, it begins with a write that a full Redis takes, and then takes the others too: delivering makes room.
 */
const acquire = defineScript<string | null>(
  "acquireLease",
  `local lease, fence, gone, owners = unpack(KEYS)
   if redis.call('EXISTS', lease, gone) > 0 then return false end
   redis.call('DEL', lease)
   local token = redis.call('INCR', owners) .. ':' .. ARGV[1]
   redis.call('SET', lease, token, 'PX', ARGV[2])
   redis.call('SET', fence, token)
   return token`,
);

/** A lease or a fence that was lost, to eviction for one, is restored while the other one says whose the connection is. */
const extend = defineScript<number[]>(
  "extendLeases",
  `local function extend(lease, fence, token)
     local holder, last = redis.call('GET', lease), redis.call('GET', fence)
     if (holder or last) ~= token then return 0 end
     redis.call('PEXPIRE', lease, ARGV[1])
     if not holder then redis.call('SET', lease, token, 'PX', ARGV[1]) end
     if last ~= token then redis.call('SET', fence, token) end
     return 1
   end
   local extended = {}
   for at = 1, #ARGV - 1 do extended[at] = extend(KEYS[2 * at - 1], KEYS[2 * at], ARGV[at + 1]) end
   return extended`,
);

const release = defineScript<number>(
  "releaseLease",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
   return redis.call('DEL', KEYS[1])`,
);

/** The right of one process to take and settle a connection's jobs. */
export type Lease = {
  readonly connectionId: string;
  /** The number in the fencing token, for logs. */
  readonly fencingNumber: number;
  /** The fencing token, which no other ownership has: each of its writes is refused once there is a later one. */
  readonly token: string;
  /** What it locks jobs with, for BullMQ; of the form that earlier versions take over. */
  readonly lock: string;
  /** False once the lease may have run out, even if the process slept through it, and from then on: ask before each step. */
  isHeld(): boolean;
  /** Aborted within 200 ms after that: before another process can acquire it, unless this one was suspended. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
};

/**
 * The leases of one process, renewed by one timer. A mutex library does not fit: a lease sets the fence in the same
 * step, and a process that was suspended must see on its own clock that its lease expired.
 */
export type Leases = {
  /** Acquires the lease if it is free. */
  acquire(connectionId: string): Promise<Lease | undefined>;
  /** Those of these connections whose lease is free. */
  unowned(connectionIds: string[]): Promise<string[]>;
  close(): Promise<void>;
};

export function startLeases(options: {
  redis: RedisClient;
  /** The name of this process among the workers: each lease says whose it is. */
  owner?: string;
  /** Called when another process may hold the lease. */
  onLost: (lease: Lease) => void;
}): Leases {
  const { redis, owner = randomUUID() } = options;
  type Entry = { lease: Lease; heldUntil: number; lost: AbortController };
  const held = new Map<string, Entry>();

  function lose(lease: Lease): void {
    const entry = held.get(lease.connectionId);
    if (entry?.lease !== lease) return;
    held.delete(lease.connectionId);
    entry.lost.abort();
    options.onLost(lease);
  }

  async function refresh(entries: Entry[]): Promise<void> {
    const sentAt = performance.now();
    const keys = entries.flatMap(({ lease }) => leaseKeys(lease.connectionId));
    const tokens = entries.map(({ lease }) => lease.token);
    const extended = await extend(redis, keys, [leaseMs, ...tokens]);
    const givenUp: Lease[] = [];
    for (const [at, entry] of entries.entries()) {
      const { lease } = entry;
      // Once expired, it stays so: callers that saw it have stopped work.
      if (extended[at] === 1 && lease.isHeld()) {
        entry.heldUntil = sentAt + leaseMs - marginMs;
        continue;
      }
      lose(lease);
      if (extended[at] === 1) givenUp.push(lease);
    }
    // Redis was away so long that it extended what had been given up meanwhile.
    await Promise.all(
      givenUp.map(({ connectionId, token }) => release(redis, [leaseKey(connectionId)], [token])),
    );
  }

  const checking = setInterval(() => {
    const now = performance.now();
    for (const { lease, heldUntil } of held.values()) if (now >= heldUntil) lose(lease);
  }, checkMs);
  const refreshing = startRepeating(refreshMs, async () => {
    // A failed refresh is not reported: the lease expires, and that is.
    await Promise.allSettled(forOneScript(redis, [...held.values()]).map(refresh));
  });

  return {
    async acquire(connectionId) {
      const sentAt = performance.now();
      const token = await acquire(
        redis,
        [...leaseKeys(connectionId), goneKey(connectionId), fencingNumberKey(connectionId)],
        [`${randomBytes(9).toString("base64url")}@${owner}`, leaseMs],
      );
      if (token === null) return undefined;
      const fencingNumber = Number.parseInt(token, 10);
      const lost = new AbortController();
      const lease: Lease = {
        connectionId,
        fencingNumber,
        token,
        lock: `tenure-${fencingNumber}`,
        isHeld: () => {
          const entry = held.get(connectionId);
          return entry?.lease === lease && performance.now() < entry.heldUntil;
        },
        lost: lost.signal,
        release: async () => {
          if (held.get(connectionId)?.lease !== lease) return;
          held.delete(connectionId);
          await release(redis, [leaseKey(connectionId)], [token]);
        },
      };
      held.set(connectionId, { lease, heldUntil: sentAt + leaseMs - marginMs, lost });
      return lease;
    },

    async unowned(connectionIds) {
      const holders = await Promise.all(connectionIds.map((id) => redis.exists(leaseKey(id))));
      return connectionIds.filter((_, index) => holders[index] === 0);
    },

    async close() {
      clearInterval(checking);
      refreshing[Symbol.dispose]();
      await Promise.allSettled([...held.values()].map(({ lease }) => lease.release()));
    },
  };
}

function leaseKeys(connectionId: string): [lease: string, fence: string] {
  return [leaseKey(connectionId), fenceKey(connectionId)];
}
