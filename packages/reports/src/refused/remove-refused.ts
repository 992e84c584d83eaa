import { type RedisClient, refusedKey } from "@customerio-router/redis";
import { refusedFields } from "./refused-call.ts";

/** Forgets what was refused of a connection. */
export async function removeRefused(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.unlink(refusedKey(connectionId));
}

/** Forgets the examples, and keeps the counts: a body that is cut off or damaged may name anybody. */
export async function removeRefusedExamples(redis: RedisClient, connectionId: string): Promise<void> {
  const key = refusedKey(connectionId);
  const fields = (await redis.hkeys(key)).filter((field) => field.startsWith(refusedFields.example));
  if (fields.length > 0) await redis.hdel(key, ...fields);
}
