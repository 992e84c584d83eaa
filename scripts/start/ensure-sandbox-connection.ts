import { createConnectionStore, type MadeConnection } from "@customerio-router/connections";
import { connectRedis } from "@customerio-router/redis";
import { redisFromEnvironment } from "@customerio-router/service";
import type { StartConfig } from "./plan.ts";
import { waitUntil } from "./wait-until.ts";

const REDIS_WITHIN_MS = 10_000;

/** The connection "Sandbox", made when there is none, and pointed to where the sandbox listens this time. */
export async function ensureSandboxConnection(options: {
  config: StartConfig;
  redisUrl: string;
  sandboxUrl: string;
  secretKey: string;
  signal: AbortSignal;
}): Promise<MadeConnection> {
  const { config, redisUrl, sandboxUrl, secretKey, signal } = options;
  const redis = connectRedis({
    ...redisFromEnvironment({ ...config, REDIS_URL: redisUrl }),
    profile: "producer",
  });
  try {
    await waitUntil(async () => (await redis.ping()) === "PONG", {
      // Without the URL, which may hold a password.
      otherwise: () => `Redis did not answer at REDIS_URL within ${REDIS_WITHIN_MS / 1_000} seconds`,
      timeoutMs: REDIS_WITHIN_MS,
      signal,
    });
    const store = createConnectionStore({ redis, secretKey, allowCustomTrackUrl: true });
    return await store.ensure({
      name: "Sandbox",
      siteId: config.SANDBOX_SITE_ID,
      apiKey: config.SANDBOX_API_KEY,
      region: "us",
      trackUrl: sandboxUrl,
    });
  } finally {
    redis.disconnect();
  }
}
