import { findWithJobs } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { type Counts, readReports } from "@customerio-router/reports";
import { startRepeating } from "@customerio-router/service";

/** How often the dashboard's plots get a sample of each backlog. */
const sampleMs = 10_000;

export function startSamplingBacklogs(options: {
  redis: RedisClient;
  counts: Pick<Counts, "sample">;
  /** The ids of the connections that this process owns. */
  ownedIds: () => string[];
  onError: (error: unknown) => void;
}): Disposable {
  const { redis, counts, ownedIds } = options;
  /** Connections whose last sample had messages: the next one says if they are gone. Without a sample there are none. */
  let busy: string[] = [];

  async function sample(): Promise<void> {
    const withJobs = await findWithJobs(redis, ownedIds());
    const { connections } = await readReports(redis, [...new Set([...busy, ...withJobs])]);
    busy = withJobs;
    const nowMs = Date.now();
    for (const { id, messagesWaiting, oldestWaitingAtMs = nowMs } of connections) {
      counts.sample(id, { messagesWaiting, oldestWaitingMs: Math.max(0, nowMs - oldestWaitingAtMs) });
    }
  }
  return startRepeating(sampleMs, () => sample().catch(options.onError));
}
