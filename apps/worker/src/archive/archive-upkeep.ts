import { randomUUID } from "node:crypto";
import type { Archive } from "@customerio-router/archive";
import { type Lease, readDeletedAtMs } from "@customerio-router/queue";
import { archiveUpkeepKey, defineScript, type RedisClient } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";

/** Also the time after which a deleted connection is gone from the archive. */
const everyMs = 10_000;
/** Looking through all days costs a request each in S3. */
const keepWithinMs = 10 * 60 * 1000;
/** Segments of a connection are merged this often: days end once a day. */
const mergeMs = 60 * 60 * 1000;
/** Longer than a round takes, so that one process at a time deletes. */
const lockMs = 5 * 60 * 1000;

const lock = defineScript<number>(
  "lockArchiveUpkeep",
  `local holder = redis.call('GET', KEYS[1])
   if holder and holder ~= ARGV[1] then return 0 end
   redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
   return 1`,
);

/** Keeps the archive within its bounds and without deleted connections, one process for all, and merges small segments of the owned connections. */
export function startArchiveUpkeep(options: {
  redis: RedisClient;
  archive: Archive;
  bounds: { days: number; bytes: number };
  leases: () => Lease[];
  isOn: () => boolean;
  onError: (error: unknown, connectionId?: string) => void;
}): Disposable {
  const { redis, archive, bounds, onError } = options;
  const self = randomUUID();
  const mergedAtMs = new Map<string, number>();
  let keptWithinAtMs = Number.NEGATIVE_INFINITY;

  async function keepWithin(): Promise<void> {
    const lockedAtMs = performance.now();
    if ((await lock(redis, [archiveUpkeepKey], [self, lockMs])) !== 1) return;
    const writer = { mayWrite: () => performance.now() - lockedAtMs < lockMs / 2 };
    for (const connectionId of await archive.connections()) {
      const wasDeleted = (await readDeletedAtMs(redis, connectionId)) !== undefined;
      if (wasDeleted) await archive.removeConnection(connectionId, writer);
    }
    if (lockedAtMs - keptWithinAtMs < keepWithinMs) return;
    await archive.keepWithin(bounds, writer);
    keptWithinAtMs = lockedAtMs;
  }

  async function merge(lease: Lease): Promise<void> {
    const { connectionId } = lease;
    const now = performance.now();
    if (now - (mergedAtMs.get(connectionId) ?? Number.NEGATIVE_INFINITY) < mergeMs) return;
    const writer = { mayWrite: lease.isHeld };
    await archive.sweep(connectionId, writer);
    await archive.merge(connectionId, writer);
    mergedAtMs.set(connectionId, now);
  }

  return startRepeating(everyMs, async () => {
    if (!options.isOn()) return;
    await keepWithin().catch((error) => onError(error));
    for (const lease of options.leases()) {
      await merge(lease).catch((error) => onError(error, lease.connectionId));
    }
  });
}
