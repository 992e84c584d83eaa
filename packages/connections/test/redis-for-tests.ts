import { startRedis } from "@customerio-router/fixtures";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { ConnectionInput } from "../src/index.ts";

/** A real redis-server for the tests of one file, empty at the start of each. */
export function redisForTests() {
  const resources = new AsyncDisposableStack();
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;

  beforeAll(async () => {
    server = resources.use(await startRedis());
    redis = new Redis(server.url, { retryStrategy: () => 50 });
    redis.on("error", () => {});
    resources.defer(() => redis.disconnect());
  });
  beforeEach(async () => {
    await redis.flushall();
  });
  afterAll(() => resources.disposeAsync());

  return {
    get server() {
      return server;
    },
    get redis() {
      return redis;
    },
  };
}

export const secretKey = "a secret key for tests";

export function input(more: Partial<ConnectionInput> = {}): ConnectionInput {
  return { name: "Shop", siteId: "site-1", apiKey: "track-key-1", region: "eu", ...more };
}
