import { isCluster, type RedisClient } from "./redis-client.ts";
import { retryStrategy } from "./retry-strategy.ts";

/** Waits for Redis however long it is away, whatever haste the client it comes of is configured for. */
const patient = {
  enableOfflineQueue: true,
  maxRetriesPerRequest: null,
  commandTimeout: undefined,
  lazyConnect: false,
  retryStrategy,
};

/**
 * Listens to a channel on a Redis connection of its own, since a subscribed one can do little else. Never throws: it comes
 * back by itself. A message may get lost unnoticed: whoever listens looks from time to time by himself too.
 */
export function subscribe(
  redis: RedisClient,
  channel: string,
  { onMessage, onSubscribed }: { onMessage: (text: string) => void; onSubscribed: () => void },
): { close(): void } {
  const subscriber = isCluster(redis)
    ? redis.duplicate([], {
        enableOfflineQueue: true,
        lazyConnect: false,
        clusterRetryStrategy: retryStrategy,
      })
    : redis.duplicate(patient);
  // The client it comes of tells the same errors.
  subscriber.on("error", () => {});
  subscriber.on("message", (_channel: string, text: string) => onMessage(text));
  // A closed one has no use for a subscription any more.
  subscriber.on(
    "ready",
    () =>
      void subscriber.subscribe(channel).then(
        () => onSubscribed(),
        () => {},
      ),
  );
  return { close: () => subscriber.disconnect() };
}
