import { startRedis } from "@customerio-router/fixtures";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { afterAll, beforeAll, beforeEach } from "vitest";

export const secretKey = "a secret key for tests";

/** A real redis-server for the tests of one file, empty at the start of each. */
export function redisForTests(): { readonly redis: RedisClient } {
  const resources = new AsyncDisposableStack();
  let redis: RedisClient;

  beforeAll(async () => {
    const server = resources.use(await startRedis());
    redis = connectRedis({ url: server.url, profile: "consumer" });
    resources.defer(() => redis.disconnect());
  });
  beforeEach(async () => {
    await redis.flushall();
  });
  afterAll(() => resources.disposeAsync());

  return {
    get redis() {
      return redis;
    },
  };
}
