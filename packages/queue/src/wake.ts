import { wakeChannel } from "./names.ts";
import type { RedisClient } from "./redis.ts";

/**
 * Calls `onWake` with the id of each connection that got new jobs. Uses a Redis connection of its own. A
 * call may get lost with that connection: whoever listens looks from time to time by himself too.
 */
export function listenForWake(redis: RedisClient, onWake: (connectionId: string) => void): { close(): void } {
  const subscriber = redis.duplicate();
  // The main client tells the same errors.
  subscriber.on("error", () => {});
  subscriber.on("message", (_channel: string, connectionId: string) => onWake(connectionId));
  // While Redis is away the subscription waits for it; a closed listener has no use for one.
  subscriber.subscribe(wakeChannel).catch(() => {});
  return { close: () => subscriber.disconnect() };
}
