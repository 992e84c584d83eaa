import { queueKeys, type RedisClient } from "@customerio-router/redis";

/** BullMQ's own scripts (retry, remove, pause) write to a stream of up to a megabyte a connection, which nobody reads. */
export async function dropEvents(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.unlink(queueKeys(connectionId).events);
}
