import { isCluster, type RedisClient } from "./redis-client.ts";
import { retryStrategy } from "./retry-strategy.ts";

/** Waits for Redis without a timeout, whatever the original client's profile. */
const patient = {
  enableOfflineQueue: true,
  maxRetriesPerRequest: null,
  commandTimeout: undefined,
  lazyConnect: false,
  // Nobody handles the error of ioredis's own resubscription, which would end the process.
  autoResubscribe: false,
  retryStrategy,
};

/**
 * Listens to a channel on its own Redis connection, since a subscribed one can do little else. Never throws, and
 * resubscribes after a reconnect. Pub/sub can lose messages, so listeners also poll.
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
  // The original client reports the same errors.
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
