import { type RedisClient, subscribe, wakeChannel } from "@customerio-router/redis";

/**
 * Has whoever owns the connection look at its queue at once, after something was added to it, retried, promoted or else
 * changed. Resolves when Redis has passed the call on, and when it could not: then the owner looks a little later.
 */
export async function wake(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.publish(wakeChannel, connectionId).catch(() => {});
}

/**
 * Calls `onWake` with the id of each connection that was woken, and without one when calls may have been lost. A
 * call may get lost unnoticed: whoever listens looks from time to time by himself too.
 */
export function listenForWake(
  redis: RedisClient,
  onWake: (connectionId?: string) => void,
): { close(): void } {
  return subscribe(redis, wakeChannel, { onMessage: onWake, onSubscribed: onWake });
}
