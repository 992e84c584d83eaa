import type { RedisClient } from "./redis-client.ts";

/** Counts how often a connection to Redis broke: after each time it is unknown which commands took effect. */
export function countBreaks(redis: RedisClient): () => number {
  let breaks = 0;
  const broke = () => {
    breaks += 1;
  };
  redis.on("close", broke);
  // A cluster's client survives the loss of one node.
  redis.on("-node", broke);
  redis.on("node error", broke);
  return () => breaks;
}
