import { type RedisClient, wakeChannel } from "@customerio-router/redis";

/**
 * Has whoever owns the connection look at its queue at once, after something was added to it, retried, promoted or else
 * changed. Resolves when Redis has passed the call on, and when it could not: then the owner looks a little later.
 */
export async function wake(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.publish(wakeChannel, connectionId).catch(() => {});
}

/**
 * Calls `onWake` with the id of each connection that was woken, and without one when calls may have been lost. Uses a
 * Redis connection of its own. A call may get lost unnoticed: whoever listens looks from time to time by himself too.
 */
export function listenForWake(
  redis: RedisClient,
  onWake: (connectionId?: string) => void,
): { close(): void } {
  const subscriber = redis.duplicate();
  // The main client tells the same errors.
  subscriber.on("error", () => {});
  subscriber.on("message", (_channel: string, connectionId: string) => onWake(connectionId));
  // A closed listener has no use for a subscription any more.
  const subscribe = () =>
    subscriber.subscribe(wakeChannel).then(
      () => onWake(),
      () => {},
    );
  subscriber.on("ready", subscribe);
  return { close: () => subscriber.disconnect() };
}
