import { type RedisClient, refusedKey } from "@customerio-router/redis";
import { refusedFields } from "./refused-call.ts";

/** Forgets what was refused of a source. */
export async function removeRefused(redis: RedisClient, sourceId: string): Promise<void> {
  await redis.unlink(refusedKey(sourceId));
}

/** Forgets the examples, and keeps the counts: a body that is cut off or damaged may name anybody. */
export async function removeRefusedExamples(redis: RedisClient, sourceId: string): Promise<void> {
  const key = refusedKey(sourceId);
  const fields = (await redis.hkeys(key)).filter((field) => field.startsWith(refusedFields.example));
  if (fields.length > 0) await redis.hdel(key, ...fields);
}
