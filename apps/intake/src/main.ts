import { connectionVariables, createConnectionStore, requireSecretKey } from "@customerio-router/connections";
import { watchBacklogs } from "@customerio-router/queue";
import { connectRedis, watchRedisHealth } from "@customerio-router/redis";
import { startCounts } from "@customerio-router/reports";
import {
  createSparseLog,
  listen,
  openTracing,
  redisFromEnvironment,
  redisVariables,
  runUntilSignal,
  tracingVariables,
  watchFormat,
} from "@customerio-router/service";
import { createIntake } from "./intake.ts";
import { createIntakeMetrics } from "./intake-metrics.ts";
import { listHeld } from "./keep/held.ts";
import { openErased } from "./keep/open-erased.ts";
import { openIntakeRules } from "./keep/open-intake-rules.ts";
import { createRoom } from "./keep/room.ts";
import { openSpoolIn } from "./keep/spool/open-spool-in.ts";
import { startKeeping } from "./keep/start-keeping.ts";
import { createBodyMemory } from "./limits/body-memory.ts";
import { readReadiness } from "./readiness.ts";
import { startRefusedCalls } from "./refused/refused-calls.ts";
import { startAlerts } from "./start-alerts.ts";
import { startConnections } from "./start-connections.ts";

await runUntilSignal({
  name: "intake",
  summary: "Receive calls over HTTP and keep them in Redis",
  args: process.argv.slice(2),
  environment: process.env,
  variables: [
    ...redisVariables,
    "INTAKE_PORT",
    "INTAKE_URL",
    "HOST",
    "METRICS_TOKEN",
    "DATA_DIR",
    "SPOOL_BYTES",
    "REMEMBERED_IDS",
    "REDIS_WAIT_REPLICAS",
    "RATE_LIMIT_PER_ADDRESS",
    "RATE_LIMIT_PER_KEY",
    "TRUST_PROXY",
    "KEEP_ALIVE_TIMEOUT_MS",
    ...tracingVariables,
    ...connectionVariables,
  ],
  start: async ({ config, logger, opened, fail }) => {
    const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
    const tracing = await openTracing({ name: "intake", endpoint, logger });
    if (tracing) opened.use(tracing);
    const redis = connectRedis({ ...redisFromEnvironment(config), profile: "producer" });
    opened.defer(() => void redis.disconnect());
    const health = opened.use(watchRedisHealth({ redis, url: config.REDIS_URL, logger }));
    opened.use(watchFormat({ redis, fail }));
    const store = createConnectionStore({
      redis,
      secretKey: config.SECRET_KEY,
      allowCustomTrackUrl: config.ALLOW_CUSTOM_TRACK_URL,
    });
    const log = createSparseLog(logger);
    const spool = await openSpoolIn({
      dataDir: config.DATA_DIR,
      maxBytes: config.SPOOL_BYTES,
      onError: (error) => log.warn("spool", { err: error }, "cannot write or read the spool"),
      onProblem: (problem) => logger.error(problem),
    });
    if (spool) opened.use(spool);
    const connections = opened.use(await startConnections({ config, redis, store, spool, logger }));
    const { lookup } = connections;
    // The intake needs no sealed key, so it takes messages whatever SECRET_KEY is.
    requireSecretKey(redis, config.SECRET_KEY).catch((error) =>
      logger.error(
        { err: error },
        "SECRET_KEY is not this installation's; the intake accepts messages nevertheless",
      ),
    );
    const people = opened.use(await openErased({ redis, secretKey: config.SECRET_KEY, spool }));
    const rules = opened.use(await openIntakeRules({ redis, store, secretKey: config.SECRET_KEY, spool }));
    const metrics = createIntakeMetrics({ spool, findRedisProblem: () => health.findProblem() });
    const refusedCalls = opened.use(startRefusedCalls({ redis, people }));
    const counts = opened.use(startCounts({ redis }));
    const backlogs = opened.use(
      watchBacklogs({ redis, boundOf: async (id) => (await store.get(id))?.settings.backlogBytes ?? null }),
    );
    const room = createRoom({ isOver: backlogs.isOver, spool });
    const { enqueuer, watch } = opened.use(
      startKeeping({
        redis,
        health,
        spool,
        lookup,
        mayReturn: connections.mayReturn,
        people,
        isOver: room.isOver,
        rememberedIds: config.REMEMBERED_IDS,
        waitReplicas: config.REDIS_WAIT_REPLICAS,
        onCopies(connectionId, messages) {
          metrics.countCopies(connectionId, messages);
          counts.add(connectionId, "repeated", messages);
        },
        refusedCalls,
        logger,
      }),
    );
    opened.use(
      await startAlerts({ redis, health, watch, store, spool, lookup, secretKey: config.SECRET_KEY, logger }),
    );
    const bodyMemory = createBodyMemory();
    const intake = await createIntake({
      logger,
      metrics,
      tracing,
      refusedCalls,
      trustProxy: config.TRUST_PROXY,
      keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
      bodyMemory,
      limits: { perAddress: config.RATE_LIMIT_PER_ADDRESS, perKey: config.RATE_LIMIT_PER_KEY },
      lookup,
      knowsConnections: connections.areKnown,
      enqueuer,
      rules,
      hasRoom: room.hasFor,
      readiness: () =>
        readReadiness({
          redis,
          watch,
          spool,
          bodyMemory,
          held: listHeld(spool, lookup),
          isEmptied: lookup.isEmptied,
          knowsWriteKeys: connections.knowWriteKeys(),
          knowsRules: rules.areKnown(),
        }),
      metricsToken: config.METRICS_TOKEN,
      intakeUrl: config.INTAKE_URL,
    });
    opened.defer(() => intake.close());
    await listen({ config, portFrom: "INTAKE_PORT", start: (address) => intake.listen(address), logger });
  },
});
