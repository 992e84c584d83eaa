import { findWithJobs } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";
import type { Pipeline } from "../delivery/pipeline.ts";

/** The longest until a new job whose wake-up was lost is noticed. */
const everyMs = 5_000;

/** Wakes pipelines whose queue has jobs: all of them are asked about at once, for thousands may be idle. */
export function startPollingIdle(options: {
  redis: RedisClient;
  pipelineOf: (connectionId: string) => Pipeline | undefined;
  ownedIds: () => string[];
  onError: (error: unknown) => void;
}): Disposable {
  async function poll(): Promise<void> {
    for (const id of await findWithJobs(options.redis, options.ownedIds())) options.pipelineOf(id)?.wake();
  }
  return startRepeating(everyMs, () => poll().catch(options.onError));
}
