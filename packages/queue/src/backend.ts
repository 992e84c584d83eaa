import { createRedisBackend, Queue, type RedisQueueBackend, Worker } from "bullmq";
import type { JobData } from "./entry.ts";
import { queueName, queuePrefix } from "./names.ts";
import type { RedisClient } from "./redis.ts";

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;

/** How a worker holds and keeps jobs; jobs carry no options of their own. */
const workerOptions = {
  autorun: false,
  /** The lease says who may work on a job; a job's own lock must never run out before it. */
  lockDuration: daySeconds * 1000,
  skipStalledCheck: true,
  skipLockRenewal: true,
  removeOnComplete: { age: hourSeconds, count: 1000 },
  removeOnFail: { age: 30 * daySeconds, count: 100_000 },
  metrics: { maxDataPoints: 14 * 24 * 60 },
} as const;

/**
 * BullMQ over one shared Redis client. A Worker of BullMQ's own opens a blocking connection each; ours pull
 * by hand and never block, so that a thousand queues live on one connection.
 */
export type Backend = {
  queue(connectionId: string): Queue<JobData, unknown, string>;
  worker(connectionId: string): Worker<JobData, unknown, string>;
};

export function createBackend(redis: RedisClient): Backend {
  const connection = { connection: redis, prefix: queuePrefix, skipVersionCheck: true };
  const root = createRedisBackend("root", { ...connection, ...workerOptions });
  const factory = (name: string) => root.forQueue(name) as RedisQueueBackend;
  return {
    queue: (connectionId) =>
      new Queue(queueName(connectionId), { ...connection, skipMetasUpdate: true }, factory),
    worker: (connectionId) =>
      new Worker(queueName(connectionId), null, { ...connection, ...workerOptions }, factory),
  };
}
