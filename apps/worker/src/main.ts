import { createConnectionStore } from "@customerio-router/connections";
import { connectRedis } from "@customerio-router/queue";
import { runUntilSignal } from "@customerio-router/service";
import { createWorker } from "./worker.ts";

await runUntilSignal({
  name: "worker",
  environment: process.env,
  variables: ["REDIS_URL", "SECRET_KEY", "ALLOW_CUSTOM_TRACK_URL", "WORKER_PORT", "HOST"],
  required: ["REDIS_URL"],
  start: async ({ config, logger, opened }) => {
    const redis = connectRedis({ url: config.REDIS_URL, profile: "consumer" });
    opened.defer(() => void redis.disconnect());
    const store = createConnectionStore({
      redis,
      secretKey: config.SECRET_KEY,
      allowCustomTrackUrl: config.ALLOW_CUSTOM_TRACK_URL,
    });
    opened.use(await createWorker({ redis, store, logger }));
  },
});
