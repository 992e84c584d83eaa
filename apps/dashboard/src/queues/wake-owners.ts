import type { BoardHooks, BullBoardRequest } from "@bull-board/api/typings/app";
import { wake } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { ConnectionQueueAdapter } from "./connection-queue-adapter.ts";

/** What Bull Board calls after each request: one that changed something may have given a worker something to do. */
export function wakeOwners(redis: RedisClient): NonNullable<BoardHooks["after"]> {
  return async ({ method, request }, result) => {
    const hasChanged = method !== "get" && (result.status ?? 200) < 400;
    if (hasChanged) await Promise.all(actedOn(request).map((id) => wake(redis, id)));
    return result;
  };
}

/** The connection whose queue the request names; where it names none, as to resume all, every one. */
function actedOn({ params, queues }: BullBoardRequest): string[] {
  const { queueName } = params;
  return [...queues]
    .filter(([name]) => queueName === undefined || name === queueName)
    .flatMap(([, queue]) => (queue instanceof ConnectionQueueAdapter ? [queue.connectionId] : []));
}
