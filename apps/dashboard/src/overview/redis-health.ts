import { findRedisWarnings, mastersOf, type RedisClient, readInfo } from "@customerio-router/redis";

/** How Redis stands, as an operator wants to know it; of a cluster, node by node. */
export type RedisHealth = { warnings: string[]; nodes: RedisNode[] };

export type RedisNode = {
  version: string;
  usedBytes: number;
  /** 0: no bound. */
  maxBytes: number;
  evictionPolicy: string;
  /** Whether an append-only file is kept. */
  isPersistent: boolean;
  uptimeMs: number;
};

export async function readRedisHealth(redis: RedisClient): Promise<RedisHealth> {
  const [warnings, ...texts] = await Promise.all([
    findRedisWarnings(redis),
    ...mastersOf(redis).map((node) => node.info()),
  ]);
  return { warnings, nodes: texts.map(readNode) };
}

function readNode(text: string): RedisNode {
  const info = readInfo(text);
  const field = (name: string) => info.get(name) ?? "";
  return {
    version: field("valkey_version") || field("redis_version"),
    usedBytes: Number(field("used_memory")),
    maxBytes: Number(field("maxmemory")),
    evictionPolicy: field("maxmemory_policy"),
    isPersistent: field("aof_enabled") === "1",
    uptimeMs: Number(field("uptime_in_seconds")) * 1000,
  };
}
