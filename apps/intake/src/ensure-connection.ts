import { setTimeout as sleep } from "node:timers/promises";
import {
  type ConnectionInput,
  type ConnectionStore,
  InvalidConnectionError,
  type WriteKeyLookup,
} from "@customerio-router/connections";
import { welcomeConnection } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import type { SparseLog } from "@customerio-router/service";

const retryMs = 100;

/** Redis connects a moment after the start; only a longer absence is logged. */
const timeoutMs = 2_000;

type EnsuredConnection = Disposable & {
  /** True once its write key is found, or when there is none to make. */
  readonly isThere: boolean;
  /** Creates it again after Redis lost it. */
  again(): void;
};

/**
 * Creates the connection of the environment once Redis is there; the intake runs meanwhile. An invalid connection ends
 * the process with an uncaught error.
 */
export function ensureConnection(options: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "ensure">;
  lookup: Pick<WriteKeyLookup, "find">;
  connection: ConnectionInput | undefined;
  log: SparseLog;
}): EnsuredConnection {
  const { redis, store, lookup, connection, log } = options;
  let isThere = connection === undefined;
  let isStopped = false;

  async function ensure(wanted: ConnectionInput): Promise<void> {
    const begunAt = performance.now();
    while (!isThere && !isStopped) {
      try {
        const { id, writeKey } = await store.ensure(wanted);
        await welcomeConnection(redis, id);
        // The news of it takes its way through Redis; before it is here its write key would count as unknown.
        isThere = writeKey === "" || (await lookup.find(writeKey)) !== undefined;
      } catch (error) {
        if (error instanceof InvalidConnectionError) throw error;
        if (performance.now() - begunAt > timeoutMs) {
          log.warn("redis", { err: error }, "could not create the environment's connection; trying again");
        }
      }
      if (!isThere) await sleep(retryMs);
    }
  }
  let ensuring = connection && ensure(connection);

  return {
    again() {
      if (!connection || !isThere) return;
      isThere = false;
      ensuring = ensuring?.then(() => ensure(connection));
    },
    get isThere() {
      return isThere;
    },
    [Symbol.dispose]() {
      isStopped = true;
    },
  };
}
