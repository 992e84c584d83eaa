import { archiveFromEnvironment, archiveVariables } from "@customerio-router/archive";
import {
  connectionFromEnvironment,
  connectionVariables,
  createConnectionStore,
  startSecretKeyCheck,
} from "@customerio-router/connections";
import { connectRedis, watchRedisHealth } from "@customerio-router/redis";
import {
  listen,
  openTracing,
  redisFromEnvironment,
  redisVariables,
  runUntilSignal,
  tracingVariables,
  watchFormat,
} from "@customerio-router/service";
import { ensureConnection } from "./ensure-connection.ts";
import { createHttp } from "./http.ts";
import { createWorkerMetrics } from "./reporting/worker-metrics.ts";
import { startWorker, type Worker } from "./worker.ts";

await runUntilSignal({
  name: "worker",
  summary: "Deliver what waits to Customer.io",
  args: process.argv.slice(2),
  environment: process.env,
  variables: [
    ...redisVariables,
    ...(["WORKER_PORT", "HOST", "METRICS_TOKEN", "RECORD_BYTES", "REDIS_WAIT_REPLICAS"] as const),
    ...(["ARCHIVE_CUT_MS", "ARCHIVE_DAYS", "ARCHIVE_BYTES"] as const),
    ...tracingVariables,
    ...archiveVariables,
    ...connectionVariables,
  ],
  required: ["REDIS_URL", "SECRET_KEY"],
  start: async ({ config, logger, opened, fail }) => {
    const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
    const tracing = await openTracing({ name: "worker", endpoint, logger });
    if (tracing) opened.use(tracing);
    const redis = connectRedis({ ...redisFromEnvironment(config), profile: "consumer" });
    opened.defer(() => void redis.disconnect());
    const health = opened.use(watchRedisHealth({ redis, url: config.REDIS_URL, logger }));
    const format = opened.use(watchFormat({ redis, fail }));
    const secretKeyCheck = opened.use(startSecretKeyCheck({ redis, secretKey: config.SECRET_KEY, logger }));
    const store = createConnectionStore({
      redis,
      secretKey: config.SECRET_KEY,
      allowCustomTrackUrl: config.ALLOW_CUSTOM_TRACK_URL,
    });
    const metrics = createWorkerMetrics({ findRedisProblem: () => health.findProblem() });
    let worker: Worker | undefined;
    const http = createHttp({
      redis,
      health,
      store,
      secretKeyCheck,
      readMetrics: metrics.read,
      warnings: () => worker?.warnings() ?? [],
      metricsToken: config.METRICS_TOKEN,
    });
    opened.defer(() => http.close());
    await listen({ config, portFrom: "WORKER_PORT", start: (address) => http.listen(address), logger });

    await Promise.all([format.passed, secretKeyCheck.passed]);
    const archive = await archiveFromEnvironment(config, (message) => logger.warn(message));
    if (archive) opened.use(archive);
    worker = opened.use(
      startWorker({
        redis,
        health,
        store,
        secretKey: config.SECRET_KEY,
        logger,
        metrics,
        tracing,
        recordBytes: config.RECORD_BYTES,
        waitReplicas: config.REDIS_WAIT_REPLICAS,
        archive,
        archiveCutMs: config.ARCHIVE_CUT_MS,
        archiveBounds: { days: config.ARCHIVE_DAYS, bytes: config.ARCHIVE_BYTES },
      }),
    );
    const connection = connectionFromEnvironment(config);
    if (connection) opened.use(await ensureConnection({ redis, store, connection, logger }));
  },
});
