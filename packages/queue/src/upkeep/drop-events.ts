import { queueKeys, type RedisClient } from "@customerio-router/redis";

/** BullMQ's own scripts (retry, remove, pause) fill a stream of up to 1 MB per connection that nothing reads. */
export async function dropEvents(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.unlink(queueKeys(connectionId).events);
}
