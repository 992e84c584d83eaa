import {
  defineScript,
  existsKey,
  fenceKey,
  fencingNumberKey,
  goneKey,
  leaseKey,
  limiterKey,
  type RedisClient,
  rememberedIdsKeys,
  statusKey,
} from "@customerio-router/redis";
import { removeCounts, removeLedger, removeRecords, removeRefused } from "@customerio-router/reports";
import type { Backend } from "./backend.ts";
import { removeReplays } from "./replay/store-replay.ts";

/** From here on every writer finds the connection gone, and no worker owns it. */
const markGone = defineScript<number>(
  "markGone",
  `redis.call('SET', KEYS[1], ARGV[1])
   return redis.call('DEL', unpack(KEYS, 2))`,
);

/**
 * Removes everything stored for a deleted connection: its jobs in every state, records, counts, ledger, refused calls, replays,
 * limiter, status, remembered ids and lease. One mark stays, so that late writers (an intake that still knows its write key, a spool
 * with its messages, a worker with a request in flight) write nothing. It never expires, since a spool may return at
 * any time; it takes some hundred bytes per deleted connection.
 */
export async function forgetConnection(options: {
  redis: RedisClient;
  backend: Backend;
  connectionId: string;
}): Promise<void> {
  const { redis, backend, connectionId } = options;
  const owner = [leaseKey(connectionId), fenceKey(connectionId), fencingNumberKey(connectionId)];
  await markGone(redis, [goneKey(connectionId), existsKey(connectionId), ...owner], [Date.now()]);
  const queue = backend.queue(connectionId);
  await queue.obliterate({ force: true });
  await Promise.all([
    redis.unlink(limiterKey(connectionId), statusKey(connectionId), ...rememberedIdsKeys(connectionId)),
    removeRecords(redis, connectionId),
    removeCounts(redis, connectionId),
    removeLedger(redis, connectionId),
    removeRefused(redis, connectionId),
    removeReplays(redis, connectionId),
  ]);
}

/** When the connection was deleted, Unix milliseconds, or 1 by an earlier version; undefined when it was not. */
export async function readDeletedAtMs(redis: RedisClient, connectionId: string): Promise<number | undefined> {
  const text = await redis.get(goneKey(connectionId));
  return text === null ? undefined : Number(text);
}

/** A connection of the environment has the same id again when it comes back. */
export async function welcomeConnection(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.unlink(goneKey(connectionId));
}
