import {
  connectionFromEnvironment,
  connectionVariables,
  createConnectionStore,
  createWriteKeyLookup,
} from "@customerio-router/connections";
import { connectRedis, createCounts, createEnqueuer, tellRedisWarnings } from "@customerio-router/queue";
import { createSparseLog, runUntilSignal } from "@customerio-router/service";
import { ensureConnection } from "./ensure-connection.ts";
import { createIntake } from "./intake.ts";
import { readReadiness } from "./readiness.ts";

await runUntilSignal({
  name: "intake",
  environment: process.env,
  variables: ["REDIS_URL", "INTAKE_PORT", "INTAKE_URL", "HOST", "METRICS_TOKEN", ...connectionVariables],
  start: async ({ config, logger, opened }) => {
    const log = createSparseLog(logger);
    const redis = connectRedis({
      url: config.REDIS_URL,
      profile: "producer",
      onError: (error) => log.warn("redis", { err: error }, "trouble with Redis"),
    });
    opened.defer(() => void redis.disconnect());
    tellRedisWarnings(redis, (warning) => logger.warn(warning));
    const store = createConnectionStore({
      redis,
      secretKey: config.SECRET_KEY,
      allowCustomTrackUrl: config.ALLOW_CUSTOM_TRACK_URL,
    });
    const lookup = opened.use(createWriteKeyLookup({ store }));
    const wanted = connectionFromEnvironment(config);
    const connection = opened.use(ensureConnection({ store, lookup, connection: wanted, logger }));
    const enqueuer = createEnqueuer({ redis });
    opened.defer(() => enqueuer.close());
    const counts = opened.use(createCounts({ redis }));
    const intake = await createIntake({
      logger,
      lookup,
      knowsConnections: () => connection.isThere,
      enqueuer,
      readiness: () => readReadiness({ redis, connection }),
      metricsToken: config.METRICS_TOKEN,
      intakeUrl: config.INTAKE_URL,
      onKept: (connectionId, messages) => counts.add(connectionId, "received", messages),
    });
    opened.defer(() => intake.close());
    const url = await intake.listen({ port: config.INTAKE_PORT, host: config.HOST });
    logger.info({ url }, "listening");
  },
});
