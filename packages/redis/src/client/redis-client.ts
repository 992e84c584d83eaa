import type { Cluster, Redis } from "ioredis";

export type RedisClient = Redis | Cluster;

export function isCluster(redis: RedisClient): redis is Cluster {
  return redis.isCluster;
}

/** The servers that take writes: one, or the masters of a Redis Cluster. */
export function mastersOf(redis: RedisClient): Redis[] {
  return isCluster(redis) ? redis.nodes("master") : [redis];
}

/** Whether a command sent now would reach Redis. */
export function isReady(redis: RedisClient): boolean {
  return redis.status === "ready";
}
