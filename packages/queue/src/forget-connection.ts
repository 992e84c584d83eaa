import type { Backend } from "./backend.ts";
import { removeCounts } from "./counts.ts";
import { limiterKey, rememberedIdsKeys, statusKey } from "./names.ts";
import { removeRecords } from "./records/write-records.ts";
import type { RedisClient } from "./redis.ts";

/**
 * Removes everything the queue and its worker keep of a connection that is gone: jobs in whatever state, records, counts,
 * limiter, status, remembered ids. The lease ends by itself; the count of owners stays, for it fences whoever still believes
 * to be one. A job in flight settles into nothing: its keys are not there any more. Its owner calls this once more when he
 * has ended, for what he wrote meanwhile.
 */
export async function forgetConnection(options: {
  redis: RedisClient;
  backend: Backend;
  connectionId: string;
}): Promise<void> {
  const { redis, backend, connectionId } = options;
  const queue = backend.queue(connectionId);
  await queue.obliterate({ force: true });
  await Promise.all([
    redis.unlink(limiterKey(connectionId), statusKey(connectionId), ...rememberedIdsKeys(connectionId)),
    removeRecords(redis, connectionId),
    removeCounts(redis, connectionId),
  ]);
}
