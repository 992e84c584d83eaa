import { isCluster, type RedisClient } from "./redis-client.ts";

/** Redis does nothing else meanwhile: some 2 ms. */
const atOnce = 500;

/**
 * Splits into what one script may see to, since many commands cost a process far more than one with as much to do. In a
 * Cluster each has a slot of its own, and is alone.
 */
export function forOneScript<Item>(redis: RedisClient, items: readonly Item[]): Item[][] {
  const size = isCluster(redis) ? 1 : atOnce;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
