import { keyPrefix, queueName, type RedisClient } from "@customerio-router/redis";
import { createRedisBackend, type RedisQueueBackend } from "bullmq";
import { ConnectionQueue } from "./connection-queue.ts";

/** BullMQ over one shared Redis client, so that a thousand queues live on one connection. */
export type Backend = {
  queue(connectionId: string): ConnectionQueue;
};

export function createBackend(redis: RedisClient): Backend {
  const connection = { connection: redis, prefix: keyPrefix, skipVersionCheck: true };
  const root = createRedisBackend("root", connection);
  // The client's owner logs its errors; an `error` event without a listener would end the process.
  root.on("error", () => {});
  const factory = (name: string) => root.forQueue(name) as RedisQueueBackend;
  return {
    queue: (connectionId) =>
      new ConnectionQueue(queueName(connectionId), { ...connection, skipMetasUpdate: true }, factory),
  };
}
