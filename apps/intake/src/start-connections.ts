import {
  type ConnectionEnvironment,
  type ConnectionStore,
  connectionFromEnvironment,
  describeHeld,
  environmentConnectionId,
  recordUses,
  startWriteKeyLookup,
  type WriteKeyLookup,
} from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { createSparseLog, type Logger } from "@customerio-router/service";
import { ensureConnection } from "./ensure-connection.ts";
import { listHeld } from "./keep/held.ts";
import type { Spool } from "./keep/spool/spool.ts";

/** The connections whose calls the intake accepts. */
export type Connections = AsyncDisposable & {
  lookup: WriteKeyLookup;
  /** Whether the environment brings a connection back under the same id, once it was deleted. */
  mayReturn(connectionId: string): boolean;
  /** False while a write key that is not found may still belong to a connection. */
  areKnown(): boolean;
  /** Whether any write keys are known, also from an earlier run: without them no call can be accepted. */
  knowWriteKeys(): boolean;
};

/** Starts looking up write keys, and creates the environment's connection if there is one. */
export async function startConnections(options: {
  config: ConnectionEnvironment;
  redis: RedisClient;
  store: ConnectionStore;
  spool: Spool | undefined;
  logger: Logger;
}): Promise<Connections> {
  const { config, redis, store, spool, logger } = options;
  const wanted = connectionFromEnvironment(config);
  await using opening = new AsyncDisposableStack();
  const lookup = opening.use(
    startWriteKeyLookup({
      store,
      formerly: await spool?.readSources(),
      onRead: (sources) => spool?.keepSources(sources),
      onLoss(missing) {
        if (missing.length === 0) return logger.info("Redis has all its connections again");
        for (const sentence of describeHeld(listHeld(spool, lookup))) logger.error({ missing }, sentence);
        ensured.again();
      },
    }),
  );
  const log = createSparseLog(logger);
  opening.use(recordUses({ redis, lookup }));
  const ensured = opening.use(ensureConnection({ redis, store, lookup, connection: wanted, log }));
  const opened = opening.move();

  return {
    lookup,
    mayReturn: (connectionId) =>
      wanted !== undefined && connectionId === environmentConnectionId(wanted.name),
    areKnown: () => ensured.isThere && lookup.isComplete,
    knowWriteKeys: () => lookup.isInformed && (ensured.isThere || lookup.knows(wanted?.writeKey ?? "")),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
