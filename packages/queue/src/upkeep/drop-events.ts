import { jobKeyPrefix } from "../names.ts";
import type { RedisClient } from "../redis/redis.ts";

/** BullMQ's own scripts (retry, remove, pause) write to a stream of up to a megabyte a connection, which nobody reads. */
export async function dropEvents(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.unlink(`${jobKeyPrefix(connectionId)}events`);
}
