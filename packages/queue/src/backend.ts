import { createRedisBackend, type Job, type JobJson, Queue, type RedisQueueBackend, Worker } from "bullmq";
import type { JobData } from "./entry.ts";
import { queueName, queuePrefix } from "./names.ts";
import type { RedisClient } from "./redis.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** How a worker holds jobs. What is kept of them is decided when they are settled. */
const workerOptions = {
  autorun: false,
  /** The lease says who may work on a job; a job's own lock must never run out before it. */
  lockDuration: dayMs,
  skipStalledCheck: true,
  skipLockRenewal: true,
  metrics: { maxDataPoints: 14 * 24 * 60 },
} as const;

/**
 * BullMQ over one shared Redis client. A Worker of BullMQ's own opens a blocking connection each; ours pull
 * by hand and never block, so that a thousand queues live on one connection.
 */
export type Backend = {
  queue(connectionId: string): Queue<JobData, unknown, string>;
  /** Its jobs are `PulledJob`s. */
  worker(connectionId: string): Worker<JobData, unknown, string>;
};

/** A job as a worker of ours gets it: with its data also as the text it was read from. */
export type PulledJob = Job<JobData, unknown, string> & { text: string };

class PullingWorker extends Worker<JobData, unknown, string> {
  protected override createJob(json: JobJson, id: string): PulledJob {
    return Object.assign(super.createJob(json, id), { text: json.data });
  }
}

export function createBackend(redis: RedisClient): Backend {
  const connection = { connection: redis, prefix: queuePrefix, skipVersionCheck: true };
  const root = createRedisBackend("root", { ...connection, ...workerOptions });
  // Whoever opened the client hears of its troubles; an event nobody listens to would end the process.
  root.on("error", () => {});
  const factory = (name: string) => root.forQueue(name) as RedisQueueBackend;
  return {
    queue: (connectionId) =>
      new Queue(queueName(connectionId), { ...connection, skipMetasUpdate: true }, factory),
    worker: (connectionId) =>
      new PullingWorker(queueName(connectionId), null, { ...connection, ...workerOptions }, factory),
  };
}
