import { randomUUID } from "node:crypto";
import type { Connection, ConnectionStore } from "@customerio-router/connections";
import {
  countBreaks,
  createCounts,
  createLeases,
  type Lease,
  listenForWake,
  openJobQueue,
  type RedisClient,
  type RedisHealth,
} from "@customerio-router/queue";
import type { Logger } from "@customerio-router/service";
import { createPipeline, type Pipeline } from "./delivery/pipeline.ts";
import { giveUpOnRedis } from "./give-up-on-redis.ts";
import { createMemoryBudget } from "./memory-budget.ts";
import { openClient } from "./ownership/open-client.ts";
import { createOwnership } from "./ownership/ownership.ts";
import { countDelivery } from "./reporting/count-delivery.ts";
import { logDelivery } from "./reporting/log-delivery.ts";
import { logErrors } from "./reporting/log-errors.ts";
import { createRecorder } from "./reporting/recorder.ts";
import { reportStatus } from "./reporting/report-status.ts";
import { createWorkerMetrics } from "./reporting/worker-metrics.ts";
import { keepBounds } from "./upkeep/keep-bounds.ts";

/** How often the plots of the dashboard get a sample of each backlog. */
const sampleMs = 10_000;

export type Worker = AsyncDisposable & {
  /** Its metrics in Prometheus's text format. */
  readMetrics(): Promise<string>;
};

/** Delivers what waits in the queues: take, map, batch, deliver, settle, for each connection it owns. */
export function createWorker(options: {
  /** A client with the consumer's profile. */
  redis: RedisClient;
  /** Logs by itself why Redis cannot serve. */
  health?: Pick<RedisHealth, "problem" | "findProblem">;
  store: ConnectionStore;
  logger: Logger;
  /** What all records of what became of messages may take in Redis; 0 keeps none. */
  recordBytes?: number;
}): Worker {
  const { redis, health, store, logger, recordBytes = 512_000_000 } = options;
  const opened = new AsyncDisposableStack();
  const onError = logErrors(logger, health);
  const owner = randomUUID();
  let listed: { version: number; connections: Connection[] } | undefined;
  const breaks = countBreaks(redis);
  const budget = createMemoryBudget();
  const metrics = createWorkerMetrics({
    owned: () => ownership.pipelines().map(({ lease }) => lease.connectionId),
    readBacklogs,
  });
  const counts = opened.use(createCounts({ redis, onError: (error) => onError("record", error) }));
  const leases = createLeases({
    redis,
    onLost: ({ connectionId, fencingNumber }) =>
      logger.warn({ connectionId, fencingNumber }, "lost the lease"),
  });
  opened.defer(() => leases.close());

  const ownership = createOwnership({
    redis,
    leases,
    owner,
    connections,
    open,
    refresh: async (pipeline, connection) =>
      pipeline.update(connection, await openClient({ redis, store }, connection)),
    onError: (error, connectionId) =>
      logErrors(connectionId === undefined ? logger : logger.child({ connectionId }), health)("lease", error),
  });
  ownership.start();
  opened.defer(() => ownership.close());

  const sampling = setInterval(
    () => void sampleBacklogs().catch((error) => onError("record", error)),
    sampleMs,
  );
  opened.defer(() => clearInterval(sampling));

  const bounds = opened.use(
    keepBounds({
      redis,
      recordBytes,
      connections,
      owns: (connectionId) => ownership.pipelineOf(connectionId) !== undefined,
      onDropped: ({ id, name }, messages) => {
        metrics.countDropped(id, messages);
        logger.warn(
          { connectionId: id, connection: name, messages },
          "dropped the oldest failed messages: there were more than the connection's keepFailed allows",
        );
      },
      onError: (error) => onError("upkeep", error),
    }),
  );

  opened.use(store.watch((connectionId) => ownership.notify(connectionId)));

  const wakes = listenForWake(redis, (connectionId) => {
    if (connectionId !== undefined) ownership.pipelineOf(connectionId)?.wake();
    else for (const pipeline of ownership.pipelines()) pipeline.wake();
  });
  opened.defer(() => wakes.close());

  /** Read anew only when any has changed: they are asked for every second. */
  async function connections(): Promise<Connection[]> {
    const version = await store.version();
    if (listed?.version !== version) {
      listed = { version, connections: await store.list() };
      for (const { id, why } of await store.listBroken()) {
        logger.error({ connectionId: id, why }, "a connection cannot be read: nothing is delivered for it");
      }
    }
    return listed.connections;
  }

  async function open(connection: Connection, lease: Lease): Promise<Pipeline> {
    const { id } = connection;
    const client = await openClient({ redis, store }, connection);
    const log = logger.child({ connectionId: id, connection: connection.name });
    const onError = logErrors(log, health);
    const onRecordError = (error: unknown) => onError("record", error);
    const report = reportStatus({ redis, connectionId: id, onError: onRecordError });
    const recorder =
      recordBytes > 0 ? createRecorder({ redis, connectionId: id, onError: onRecordError }) : undefined;
    log.info({ fencingNumber: lease.fencingNumber }, "took up the connection");
    const pipeline = createPipeline({
      connection,
      client,
      redis,
      lease,
      queue: openJobQueue({
        redis,
        lease,
        onTooLarge: ({ id: jobId, bytes }) => log.warn({ jobId, bytes }, "failed a job too large to be read"),
      }),
      budget: budget.join(),
      breaks,
      onError,
      onLimited: () => metrics.countLimiterWait(id),
      onOutcome: (message, outcome) => {
        metrics.countOutcome(id, outcome);
        counts.add(id, outcome.kind, 1);
        bounds.notify(id);
        recorder?.add(message, outcome);
      },
      onDelivery: (delivery) => {
        logDelivery(log, delivery);
        metrics.countDelivery(id, delivery);
        countDelivery(counts, id, delivery);
        report(delivery);
      },
      onStop: async () => recorder?.close(),
    });
    pipeline.start();
    return pipeline;
  }

  async function sampleBacklogs(): Promise<void> {
    await Promise.all(
      ownership.pipelines().map(async (pipeline) => {
        const { jobs, oldestMs } = await pipeline.backlog();
        counts.sample(pipeline.lease.connectionId, { jobsWaiting: jobs, oldestWaitingMs: oldestMs });
      }),
    );
  }

  function readBacklogs() {
    return Promise.all(
      ownership.pipelines().map(async (pipeline) => {
        const { jobs, oldestMs } = await pipeline.backlog();
        return {
          connection: pipeline.lease.connectionId,
          jobsWaiting: jobs,
          oldestWaitingSeconds: oldestMs / 1000,
        };
      }),
    );
  }

  return {
    readMetrics: () => metrics.read(),
    async [Symbol.asyncDispose]() {
      using _impatience = giveUpOnRedis(redis);
      await opened.disposeAsync();
    },
  };
}
