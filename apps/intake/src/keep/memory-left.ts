import { fullShare, type RedisClient, readMemory } from "@customerio-router/redis";

/** Bytes Redis may still grow by before it counts as full; of a cluster's masters, the least. Infinity without a bound. */
export async function readMemoryLeft(redis: RedisClient): Promise<number> {
  const nodes = await readMemory(redis);
  return Math.min(...nodes.map(({ usedBytes, maxBytes }) => fullShare * maxBytes - usedBytes));
}
