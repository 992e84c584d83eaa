import { wakeChannel } from "./names.ts";
import type { RedisClient } from "./redis.ts";

/**
 * Calls `onWake` with the id of each connection that got new jobs. Uses a Redis connection of its own. A
 * call may get lost with that connection: whoever listens looks from time to time by himself too.
 */
export async function listenForWake(
  redis: RedisClient,
  onWake: (connectionId: string) => void,
): Promise<{ close(): void }> {
  const subscriber = redis.duplicate();
  // The main client tells the same errors.
  subscriber.on("error", () => {});
  subscriber.on("message", (_channel: string, connectionId: string) => onWake(connectionId));
  await subscriber.subscribe(wakeChannel);
  return { close: () => subscriber.disconnect() };
}
