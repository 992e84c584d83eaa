import {
  connectionFromEnvironment,
  connectionVariables,
  createConnectionStore,
} from "@customerio-router/connections";
import { connectRedis, tellRedisWarnings, welcomeConnection } from "@customerio-router/queue";
import { runUntilSignal } from "@customerio-router/service";
import { createHttp } from "./http.ts";
import { createWorker } from "./worker.ts";

await runUntilSignal({
  name: "worker",
  environment: process.env,
  variables: ["REDIS_URL", "WORKER_PORT", "HOST", "METRICS_TOKEN", "RECORD_BYTES", ...connectionVariables],
  required: ["REDIS_URL"],
  start: async ({ config, logger, opened }) => {
    const redis = connectRedis({
      url: config.REDIS_URL,
      profile: "consumer",
      onError: (error) => logger.warn({ err: error }, "trouble with Redis"),
    });
    opened.defer(() => void redis.disconnect());
    tellRedisWarnings(redis, (warning) => logger.warn(warning));
    const store = createConnectionStore({
      redis,
      secretKey: config.SECRET_KEY,
      allowCustomTrackUrl: config.ALLOW_CUSTOM_TRACK_URL,
    });
    const worker = opened.use(createWorker({ redis, store, logger, recordBytes: config.RECORD_BYTES }));
    const http = createHttp({ redis, readMetrics: worker.readMetrics, metricsToken: config.METRICS_TOKEN });
    opened.defer(() => http.close());
    const url = await http.listen({ host: config.HOST, port: config.WORKER_PORT });
    logger.info({ url }, "listening");

    const connection = connectionFromEnvironment(config);
    if (connection) await welcomeConnection(redis, (await store.ensure(connection)).id);
  },
});
