import type { RedisOptions } from "ioredis";
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
export const profiles: Record<RedisProfile, RedisOptions> = {
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
