import { randomUUID } from "node:crypto";
import { startWatching } from "@customerio-router/alerts";
import type { Archive } from "@customerio-router/archive";
import { type ConnectionStore, createRuleStore, watchErased } from "@customerio-router/connections";
import { listenForWake, startLeases } from "@customerio-router/queue";
import { createReplication, type RedisClient, type RedisHealth } from "@customerio-router/redis";
import { startCounts } from "@customerio-router/reports";
import type { Logger, Tracing } from "@customerio-router/service";
import { startArchiving } from "./archive/start-archiving.ts";
import { startErasing } from "./erasure/start-erasing.ts";
import { giveUpOnRedis } from "./give-up-on-redis.ts";
import { listConnections } from "./ownership/list-connections.ts";
import { openClient } from "./ownership/open-client.ts";
import { createPipelineOpener } from "./ownership/open-pipeline.ts";
import { createOwnership } from "./ownership/ownership.ts";
import { startPollingIdle } from "./ownership/poll-idle.ts";
import { startReplaying } from "./replay/start-replaying.ts";
import { startSamplingBacklogs } from "./reporting/backlogs.ts";
import { logErrors } from "./reporting/log-errors.ts";
import { createLeaseLog } from "./reporting/log-leases.ts";
import { createWorkerMetrics, type WorkerMetrics } from "./reporting/worker-metrics.ts";
import { startKeepingBounds } from "./upkeep/keep-bounds.ts";

/** Records of all connections that wait in Redis to be archived; beyond it the oldest go. */
const maxUnarchivedBytes = 64_000_000;

export type Worker = AsyncDisposable & {
  /** Its metrics in Prometheus's text format. */
  readMetrics(): Promise<string>;
  /** What an operator should know. */
  warnings(): string[];
};

/** Delivers the queued messages of each connection it owns: take, map, batch, deliver, settle. Disposing stops it. */
export function startWorker(options: {
  /** A client with the consumer's profile. */
  redis: RedisClient;
  /** Logs why Redis cannot serve. */
  health?: Pick<RedisHealth, "problem" | "findProblem">;
  store: ConnectionStore;
  /** Opens the list of erased people, and the salts of rules. */
  secretKey?: string | undefined;
  logger: Logger;
  /** Left out: no traces. */
  tracing?: Tracing | undefined;
  metrics?: WorkerMetrics;
  /** Replicas that have to confirm settlements that change state; 0: none. */
  waitReplicas?: number;
  /** Maximum size of all records in Redis while none are archived; 0 keeps none. */
  recordBytes?: number;
  /** Where settled messages go from Redis. */
  archive?: Archive | undefined;
  /** A message is archived at the latest this long after its outcome. Default an hour. */
  archiveCutMs?: number;
  /** What the archive keeps. */
  archiveBounds?: { days: number; bytes: number };
}): Worker {
  const { redis, health, store, logger, recordBytes = 512_000_000, waitReplicas = 0 } = options;
  const {
    metrics = createWorkerMetrics(),
    archive,
    archiveCutMs = 3_600_000,
    archiveBounds = { days: 30, bytes: 10e9 },
  } = options;
  const opened = new AsyncDisposableStack();
  const onError = logErrors(logger, health);
  const owner = randomUUID();
  const connections = listConnections(store, ({ id, why }) =>
    logger.error({ connection: id, why }, "cannot read a connection: its messages are not delivered"),
  );
  const counts = opened.use(startCounts({ redis, onError: (error) => onError("record", error) }));
  const leaseLog = opened.use(createLeaseLog(logger));
  const replication =
    waitReplicas > 0 ? opened.use(createReplication({ redis, replicas: waitReplicas })) : undefined;
  const leases = startLeases({
    redis,
    owner,
    onLost: (lease) => leaseLog.lost(lease),
  });
  opened.defer(() => leases.close());

  const archiving = opened.use(
    startArchiving({
      redis,
      archive,
      leases: () => ownership.pipelines().map(({ lease }) => lease),
      cutMs: archiveCutMs,
      bounds: archiveBounds,
      onArchived: (connectionId, messages) => metrics.countArchived(connectionId, messages),
      onError: (error, connectionId) =>
        logErrors(connectionId === undefined ? logger : logger.child({ connection: connectionId }), health)(
          "archive",
          error,
        ),
    }),
  );

  const rules = createRuleStore({ redis, secretKey: options.secretKey });
  const people = opened.use(watchErased({ redis, secretKey: options.secretKey }));

  const ownership = createOwnership({
    redis,
    leases,
    owner,
    connections,
    open: createPipelineOpener({
      redis,
      replication,
      store,
      rules,
      logger,
      tracing: options.tracing,
      leaseLog,
      health,
      metrics,
      counts,
      people,
      onOutcome: (connectionId) => {
        bounds.notify(connectionId);
        archiving.notify(connectionId);
      },
      onStop: async (lease) => {
        if (!ownership.isSuspended(lease.connectionId)) await archiving.finish(lease);
      },
    }),
    findOldRules: (pipelines) =>
      rules.findChanged(
        new Map(pipelines.map(({ lease, storedRules }) => [lease.connectionId, storedRules])),
      ),
    refresh: async (pipeline, connection) => {
      const isSwitched = pipeline.connection.settings.delivery !== connection.settings.delivery;
      pipeline.update(connection, await openClient({ redis, store }, connection));
      // What is in hand was mapped for the other one; and what a shadow took is archived before it is sent.
      if (isSwitched) await ownership.suspend(connection.id, async () => {});
    },
    onError: (error, connectionId) =>
      logErrors(connectionId === undefined ? logger : logger.child({ connection: connectionId }), health)(
        "lease",
        error,
      ),
  });
  ownership.start();
  opened.defer(() => ownership.close());
  const ownedIds = () => ownership.pipelines().map(({ lease }) => lease.connectionId);
  metrics.watchOwned(ownedIds);

  opened.use(
    startPollingIdle({
      redis,
      pipelineOf: ownership.pipelineOf,
      ownedIds,
      onError: (error) => onError("take", error),
    }),
  );

  opened.use(
    startSamplingBacklogs({
      redis,
      counts,
      ownedIds,
      onError: (error) => onError("record", error),
    }),
  );

  const bounds = opened.use(
    startKeepingBounds({
      redis,
      recordBytes: () => (archiving.isOn ? maxUnarchivedBytes : recordBytes),
      connections,
      owns: (connectionId) => ownership.pipelineOf(connectionId) !== undefined,
      onUnrecorded: ({ id, name }, messages) => {
        if (!archiving.isOn) return;
        metrics.countUnarchived(id, messages);
        logger.warn(
          { connection: id, connectionName: name, messages },
          "removed the oldest records before they were archived: the archive is too slow, or Redis too full",
        );
      },
      onDropped: ({ id, name }, messages) => {
        metrics.countDropped(id, messages);
        logger.warn(
          { connection: id, connectionName: name, messages },
          "removed the oldest failed messages, which exceeded the connection's keepFailed",
        );
      },
      onError: (error) => onError("upkeep", error),
    }),
  );

  const replays = opened.use(
    startReplaying({
      redis,
      archive: () => (archiving.isOn ? archive : undefined),
      people,
      pipelines: ownership.pipelines,
      onError: (error, connectionId) =>
        logErrors(logger.child({ connection: connectionId }), health)("replay", error),
    }),
  );

  opened.use(
    startErasing({
      redis,
      store,
      secretKey: options.secretKey,
      archive,
      archiving,
      people,
      replays,
      pipelines: ownership.pipelines,
      suspend: ownership.suspend,
      onError: (error, connectionId) =>
        logErrors(connectionId === undefined ? logger : logger.child({ connection: connectionId }), health)(
          "erase",
          error,
        ),
    }),
  );

  opened.use(
    startWatching({
      redis,
      store,
      secretKey: options.secretKey,
      archiveCutMs: archive && archiveCutMs,
      onError: (error) => onError("alert", error),
    }),
  );

  opened.use(
    store.watch((connectionId) => {
      // A source has changed: that concerns the intakes.
      if (connectionId !== "") ownership.notify(connectionId);
    }),
  );

  const wakes = listenForWake(redis, (connectionId) => {
    if (connectionId !== undefined) {
      ownership.pipelineOf(connectionId)?.wake();
      replays.notify(connectionId);
    } else {
      for (const pipeline of ownership.pipelines()) pipeline.wake();
    }
  });
  opened.defer(() => wakes.close());

  return {
    readMetrics: metrics.read,
    warnings: () => [...archiving.warnings(), ...(people.problem === undefined ? [] : [people.problem])],
    async [Symbol.asyncDispose]() {
      using _impatience = giveUpOnRedis(redis);
      await opened.disposeAsync();
    },
  };
}
