import { type RedisClient, readMemory } from "@customerio-router/redis";

/** A full Redis cannot drain itself, settling needs memory too: beyond this share messages stay out of it. */
const fullShare = 0.8;

/** Bytes Redis may still grow by before it counts as full; of a cluster's masters, the least. Infinity without a bound. */
export async function readMemoryLeft(redis: RedisClient): Promise<number> {
  const nodes = await readMemory(redis);
  return Math.min(...nodes.map(({ usedBytes, maxBytes }) => fullShare * maxBytes - usedBytes));
}
