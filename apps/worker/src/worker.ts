import { randomUUID } from "node:crypto";
import type { Connection, ConnectionInput, ConnectionStore } from "@customerio-router/connections";
import { createCustomerioClient } from "@customerio-router/customerio";
import {
  createBackend,
  createLeases,
  type Lease,
  listenForWake,
  openJobQueue,
  type RedisClient,
} from "@customerio-router/queue";
import type { Logger } from "@customerio-router/service";
import { logDelivery } from "./log-delivery.ts";
import { createOwnership } from "./ownership.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { reportStatus } from "./report-status.ts";

/** Delivers what waits in the queues: take, map, batch, deliver, settle, for each connection it owns. */
export async function createWorker(options: {
  redis: RedisClient;
  store: ConnectionStore;
  /** A connection the environment describes; it is seen to before any work begins. */
  fromEnvironment?: ConnectionInput | undefined;
  logger: Logger;
}): Promise<AsyncDisposable> {
  const { redis, store, logger } = options;
  const opened = new AsyncDisposableStack();
  const onTrouble = (error: unknown) => logger.warn({ err: error }, "trouble; going on");

  if (options.fromEnvironment) await store.ensure(options.fromEnvironment);
  const owner = randomUUID();
  const backend = createBackend(redis);
  const leases = createLeases({
    redis,
    owner,
    onLost: ({ connectionId, tenure }) => logger.warn({ connectionId, tenure }, "lost the lease"),
  });
  opened.defer(() => leases.close());

  async function clientOf(connection: Connection) {
    const { siteId, region, trackUrl, settings } = connection;
    const apiKey = await store.apiKeyOf(connection.id);
    return createCustomerioClient({ siteId, apiKey, region, trackUrl, deadlineMs: settings.deadlineMs });
  }

  async function open(connection: Connection, lease: Lease): Promise<Pipeline> {
    const client = await clientOf(connection);
    const log = logger.child({ connectionId: connection.id, connection: connection.name });
    log.info({ tenure: lease.tenure }, "took up the connection");
    const report = reportStatus({ redis, connectionId: connection.id, onTrouble });
    return createPipeline({
      connection,
      client,
      redis,
      lease,
      queue: openJobQueue({ redis, backend, lease }),
      onTrouble: (error) => log.warn({ err: error }, "trouble; going on"),
      onDelivery: (delivery) => {
        logDelivery(log, delivery);
        report(delivery);
      },
    });
  }

  const ownership = createOwnership({
    redis,
    leases,
    owner,
    connections: () => store.list(),
    open,
    onTrouble,
  });
  opened.defer(() => ownership.close());

  const watch = store.watch(async (connectionId) => {
    ownership.notify(connectionId);
    if (connectionId === undefined) return;
    const pipeline = ownership.pipelineOf(connectionId);
    const connection = pipeline && (await store.get(connectionId));
    if (connection) pipeline.update(connection, await clientOf(connection));
  });
  opened.use(watch);

  const wakes = await listenForWake(redis, (connectionId) => ownership.pipelineOf(connectionId)?.wake());
  opened.defer(() => wakes.close());

  return opened;
}
