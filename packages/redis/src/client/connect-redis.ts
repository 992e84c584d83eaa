import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";
import type { RedisClient } from "./redis-client.ts";
import { retryStrategy } from "./retry-strategy.ts";

/** How a client behaves while Redis is away. */
export type RedisProfile = "producer" | "consumer";

/**
 * A server that answers so cannot help on this connection: behind one address another is the primary by now, or will be. The
 * command fails as it does when Redis is away, and a new connection is made.
 */
function reconnectOnError({ message }: Error): boolean {
  return /\b(READONLY|LOADING|MASTERDOWN)\b/.test(message);
}

/**
 * A producer has a client waiting: it fails at once while Redis is away, and after a second when Redis is silent. A
 * consumer holds its commands until Redis is back.
 */
const profiles: Record<RedisProfile, RedisOptions> = {
  producer: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1000,
    connectTimeout: 2000,
    retryStrategy,
    reconnectOnError,
  },
  consumer: {
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    retryStrategy,
    reconnectOnError,
  },
};

/**
 * Opens a client. `url` is `redis://…`, `rediss://…`, or a comma-separated list of a cluster's nodes. `onError` is
 * called with connection errors, at most once a second; ioredis reconnects on its own.
 */
export function connectRedis(options: {
  url: string;
  profile: RedisProfile;
  onError?: (error: Error) => void;
}): RedisClient {
  const profile = profiles[options.profile];
  const urls = options.url.split(",").map((url) => url.trim());
  const [first = ""] = urls;
  const client =
    urls.length > 1 ? new Cluster(urls, clusterOptions(first, profile)) : new Redis(first, profile);
  if (client instanceof Redis) refuseMissingDatabase(client);
  let toldAtMs = Number.NEGATIVE_INFINITY;
  client.on("error", (error: Error) => {
    if (performance.now() - toldAtMs < 1000) return;
    toldAtMs = performance.now();
    options.onError?.(error);
  });
  return client;
}

/** ioredis continues in database 0 when Redis does not have the requested one. */
function refuseMissingDatabase(client: Redis): void {
  client.on("error", (error: Error & { command?: { name: string } }) => {
    if (error.command?.name === "select") client.stream.destroy();
  });
}

function clusterOptions(url: string, profile: RedisOptions): ClusterOptions {
  const { username, password, protocol } = new URL(url);
  return {
    enableOfflineQueue: profile.enableOfflineQueue ?? true,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: 2000,
    redisOptions: {
      ...profile,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      ...(protocol === "rediss:" ? { tls: {} } : {}),
    },
  };
}
