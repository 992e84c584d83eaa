import { type ConnectionQueue, wake } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";

type Pausable = { redis: RedisClient; queue: ConnectionQueue; connectionId: string };

/** From now on what comes is kept and nothing is delivered; the same as the pause of Bull Board. */
export async function pauseConnection({ redis, queue, connectionId }: Pausable): Promise<void> {
  await queue.pause();
  await wake(redis, connectionId);
}

/** Delivers again, at once. */
export async function resumeConnection({ redis, queue, connectionId }: Pausable): Promise<void> {
  await queue.resume();
  await wake(redis, connectionId);
}
