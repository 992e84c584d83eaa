import { mastersOf, type RedisClient } from "../client/redis-client.ts";
import { readInfo } from "./read-info.ts";

/** Of one node; `maxBytes` is infinite where there is no bound. */
export type NodeMemory = { usedBytes: number; maxBytes: number };

/** Of each node that takes writes. */
export async function readMemory(redis: RedisClient): Promise<NodeMemory[]> {
  return await Promise.all(
    mastersOf(redis).map(async (node) => {
      const info = readInfo(await node.info("memory"));
      const maxBytes = Number(info.get("maxmemory") ?? 0) || Number.POSITIVE_INFINITY;
      return { usedBytes: Number(info.get("used_memory") ?? 0), maxBytes };
    }),
  );
}

/** Of Redis's nodes the one that is fullest: its maxmemory, and the share of it in use; infinite and 0 where there is none. */
export async function readFullestNode(redis: RedisClient): Promise<{ maxBytes: number; usedShare: number }> {
  const nodes = (await readMemory(redis)).map(({ usedBytes, maxBytes }) => ({
    maxBytes,
    usedShare: usedBytes / maxBytes,
  }));
  const none = { maxBytes: Number.POSITIVE_INFINITY, usedShare: 0 };
  return nodes.reduce((fullest, node) => (node.usedShare > fullest.usedShare ? node : fullest), none);
}
