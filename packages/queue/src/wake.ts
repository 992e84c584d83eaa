import { type RedisClient, subscribe, wakeChannel } from "@customerio-router/redis";

/**
 * Makes the connection's owner read its queue now, after jobs were added, retried, promoted or changed. Resolves once
 * Redis has published the wake-up, or could not: then the owner's poll finds the change.
 */
export async function wake(redis: RedisClient, connectionId: string): Promise<void> {
  await redis.publish(wakeChannel, connectionId).catch(() => {});
}

/**
 * Calls `onWake` with the id of each woken connection, or without an id after a reconnect. Pub/sub can lose a wake-up,
 * so listeners also poll.
 */
export function listenForWake(
  redis: RedisClient,
  onWake: (connectionId?: string) => void,
): { close(): void } {
  return subscribe(redis, wakeChannel, { onMessage: onWake, onSubscribed: onWake });
}
