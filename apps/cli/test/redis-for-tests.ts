import { startRedis, waitFor } from "@customerio-router/fixtures";
import { connectRedis, isReady, type RedisClient } from "@customerio-router/redis";
import { onTestFinished } from "vitest";

/** A Redis of the test's own, with no connection in it. */
export async function startRedisForTest(): Promise<{ url: string; redis: RedisClient }> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "producer" });
  onTestFinished(() => redis.disconnect());
  await waitFor(() => isReady(redis), { what: "Redis" });
  return { url: server.url, redis };
}
