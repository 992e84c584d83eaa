import { type Connection, createConnectionStore } from "@customerio-router/connections";
import { connectRedis } from "@customerio-router/queue";
import type { StartConfig } from "./plan.ts";

/** The connection "Sandbox", made when there is none, and pointed to where the sandbox listens this time. */
export async function ensureSandboxConnection(options: {
  config: StartConfig;
  redisUrl: string;
  sandboxUrl: string;
  secretKey: string;
}): Promise<Connection> {
  const { config, redisUrl, sandboxUrl, secretKey } = options;
  const redis = connectRedis({ url: redisUrl, profile: "consumer" });
  try {
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
