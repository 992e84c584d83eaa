import { Cluster, type ClusterOptions, Redis, type RedisOptions } from "ioredis";
import { targetOf } from "../url/read-redis-url.ts";
import type { RedisTarget } from "../url/redis-target.ts";
import { profiles, type RedisProfile } from "./profiles.ts";
import type { RedisClient } from "./redis-client.ts";
import { retryStrategy } from "./retry-strategy.ts";
import { SentinelConnection } from "./sentinel-connection.ts";
import { readTlsFiles, type TlsFiles } from "./tls-files.ts";

/** Where Redis is, and how it is trusted. */
export type RedisLocation = { url: string; tls?: TlsFiles };

/** After that the next Sentinel is asked. */
const sentinelTimeoutMs = 1_000;

/**
 * Opens a client for any form of REDIS_URL. `onError` is called with connection errors, at most once a second; ioredis
 * reconnects on its own.
 */
export function connectRedis(
  options: RedisLocation & { profile: RedisProfile; onError?: (error: Error) => void },
): RedisClient {
  const client = openClient(targetOf(options.url), options);
  if (client instanceof Redis) refuseMissingDatabase(client);
  let toldAtMs = Number.NEGATIVE_INFINITY;
  client.on("error", (error: Error) => {
    if (performance.now() - toldAtMs < 1000) return;
    toldAtMs = performance.now();
    options.onError?.(error);
  });
  return client;
}

function openClient(target: RedisTarget, options: { profile: RedisProfile; tls?: TlsFiles }): RedisClient {
  const { username, password } = target;
  const tls = target.kind !== "socket" && target.isTls ? readTlsFiles(options.tls ?? {}) : undefined;
  const common: RedisOptions = {
    ...profiles[options.profile],
    ...(username && { username }),
    ...(password && { password }),
    ...(tls && { tls }),
  };
  switch (target.kind) {
    case "server":
      return new Redis({ ...common, ...target.address, db: target.db });
    case "socket":
      return new Redis({ ...common, path: target.path, db: target.db });
    case "cluster":
      return new Cluster(target.nodes, clusterOptions(common));
    case "sentinel":
      return new Redis({ ...common, ...sentinelOptions(target, tls) });
  }
}

/** ioredis continues in database 0 when Redis does not have the requested one. */
function refuseMissingDatabase(client: Redis): void {
  client.on("error", (error: Error & { command?: { name: string } }) => {
    if (error.command?.name === "select") client.stream.destroy();
  });
}

function clusterOptions(redisOptions: RedisOptions): ClusterOptions {
  return {
    enableOfflineQueue: redisOptions.enableOfflineQueue ?? true,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: 2000,
    redisOptions,
    // ioredis would connect to the address, which a certificate seldom names.
    ...(redisOptions.tls && { dnsLookup: (host, found) => found(null, host) }),
  };
}

function sentinelOptions(target: RedisTarget & { kind: "sentinel" }, tls: RedisOptions["tls"]): RedisOptions {
  const { sentinels, name, db, sentinelUsername, sentinelPassword } = target;
  return {
    sentinels,
    name,
    db,
    Connector: SentinelConnection,
    // A primary that is frozen, or cut off, ends no connection: the Sentinels tell that there is another one.
    failoverDetector: true,
    sentinelCommandTimeout: sentinelTimeoutMs,
    sentinelRetryStrategy: retryStrategy,
    ...(sentinelUsername && { sentinelUsername }),
    ...(sentinelPassword && { sentinelPassword }),
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}
