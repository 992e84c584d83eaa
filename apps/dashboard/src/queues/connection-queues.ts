import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionStore } from "@customerio-router/connections";
import { ConnectionQueue } from "@customerio-router/queue";
import { keyPrefix, queueName, type RedisClient } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import type { BasePath } from "../base-path.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { ConnectionQueueAdapter } from "./connection-queue-adapter.ts";

/** Bull Board as far as queues come and go on it. */
export type Board = { replaceQueues(queues: readonly ConnectionQueueAdapter[]): void };

type ConnectionQueuesOptions = {
  store: ConnectionStore;
  redis: RedisClient;
  board: Board;
  privacy: Privacy;
  basePath: BasePath;
  logger: Logger;
};

export type ConnectionQueues = AsyncDisposable & {
  /** The queue of a connection that exists. */
  of(connectionId: string): ConnectionQueue;
};

const retryMs = 1_000;

/** Keeps Bull Board showing the queue of every connection under the connection's name, as connections come and go. */
export function createConnectionQueues({
  store,
  redis,
  board,
  privacy,
  basePath,
  logger,
}: ConnectionQueuesOptions): ConnectionQueues {
  const queues = new Map<string, ConnectionQueue>();
  const closing = new AbortController();
  let changes = 0;
  let refreshing: Promise<void> | undefined;

  function of(connectionId: string): ConnectionQueue {
    const known = queues.get(connectionId);
    if (known) return known;
    const queue = openQueue(redis, connectionId);
    queues.set(connectionId, queue);
    return queue;
  }

  async function refresh(): Promise<void> {
    const before = [...queues];
    const connections = await store.list();
    board.replaceQueues(
      connections.map(
        (connection) => new ConnectionQueueAdapter(connection, of(connection.id), { privacy, basePath }),
      ),
    );
    const ids = new Set(connections.map(({ id }) => id));
    const gone = before.filter(([id]) => !ids.has(id));
    for (const [id] of gone) queues.delete(id);
    await Promise.all(gone.map(([, queue]) => queue.close()));
  }

  /** One refresh at a time; a change that comes meanwhile is seen by the next one. */
  async function refreshUntilSeen(): Promise<void> {
    for (let seen = 0; seen !== changes && !closing.signal.aborted; ) {
      const before = changes;
      try {
        await refresh();
        seen = before;
      } catch (error) {
        logger.warn({ err: error }, "could not list the connections; trying again in 1 s");
        // Only closing interrupts the wait, and then the loop ends.
        await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
    refreshing = undefined;
  }

  const watch = store.watch(() => {
    changes += 1;
    refreshing ??= refreshUntilSeen();
  });

  return {
    of,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await watch.close();
      await refreshing;
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** All queues share one Redis client; looking at a queue writes nothing to it. */
function openQueue(connection: RedisClient, connectionId: string): ConnectionQueue {
  const options = { connection, prefix: keyPrefix, skipVersionCheck: true, skipMetasUpdate: true };
  const queue = new ConnectionQueue(queueName(connectionId), options);
  // Whoever opened the client logs its errors; BullMQ would print them once more for every queue.
  queue.on("error", () => {});
  return queue;
}
