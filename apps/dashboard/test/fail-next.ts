import type { Entry } from "@customerio-router/messages";
import { openJobQueue, startLeases } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";

/** Fails the foremost waiting job of a connection, as a worker does; with other entries where some are given. Gives its id. */
export async function failNext(
  redis: RedisClient,
  connectionId: string,
  reason: string,
  entries?: Entry[],
): Promise<string> {
  const leases = startLeases({ redis, onLost: () => {} });
  try {
    const lease = await leases.acquire(connectionId);
    if (!lease) throw new Error("somebody else holds the lease");
    const queue = openJobQueue({ redis, lease });
    const [job] = (await queue.take(1)).jobs;
    if (!job) throw new Error("nothing waits");
    await queue.settle(job, {
      settled: [],
      traces: "{}",
      state: "failed",
      entries: entries ?? job.data.entries,
      reason,
    });
    return job.id;
  } finally {
    await leases.close();
  }
}
