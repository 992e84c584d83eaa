import type { RedisClient } from "@customerio-router/queue";

/** A full Redis cannot drain itself, settling needs memory too: beyond this share messages stay out of it. */
const fullShare = 0.8;

/** Bytes Redis may still grow by before it counts as full; of a cluster's masters, the least. Infinity without a bound. */
export async function readMemoryLeft(redis: RedisClient): Promise<number> {
  const nodes = "nodes" in redis ? redis.nodes("master") : [redis];
  const infos = await Promise.all(nodes.map((node) => node.info("memory")));
  return Math.min(...infos.map(leftOf));
}

function leftOf(info: string): number {
  const maxBytes = numberIn(info, "maxmemory");
  return maxBytes > 0 ? fullShare * maxBytes - numberIn(info, "used_memory") : Number.POSITIVE_INFINITY;
}

function numberIn(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
}
