import { archiveFromEnvironment, archiveVariables } from "@customerio-router/archive";
import { createConnectionStore, startSecretKeyCheck } from "@customerio-router/connections";
import { connectRedis, watchRedisHealth } from "@customerio-router/redis";
import {
  listen,
  redisFromEnvironment,
  redisVariables,
  runUntilSignal,
  watchFormat,
} from "@customerio-router/service";
import { createDashboard } from "./dashboard.ts";
import { openIdFromEnvironment, openIdNames } from "./login/open-id-from-environment.ts";

await runUntilSignal({
  name: "dashboard",
  summary: "Show connections, messages and jobs, and change them",
  args: process.argv.slice(2),
  environment: process.env,
  variables: [
    ...redisVariables,
    "HOST",
    "DASHBOARD_PORT",
    "DASHBOARD_PASSWORD",
    "DASHBOARD_READ_ONLY_PASSWORD",
    "DASHBOARD_LOGIN_CODE",
    "DASHBOARD_API_TOKEN",
    "DASHBOARD_MASK_PERSONAL_DATA",
    ...openIdNames,
    "METRICS_TOKEN",
    "SECRET_KEY",
    "ALLOW_CUSTOM_TRACK_URL",
    "INTAKE_URL",
    "INTAKE_INTERNAL_URL",
    "INTAKE_PORT",
    "TRUST_PROXY",
    ...archiveVariables,
  ],
  required: ["SECRET_KEY"],
  start: async ({ config, logger, opened, fail }) => {
    const { SECRET_KEY: secretKey, ALLOW_CUSTOM_TRACK_URL: allowCustomTrackUrl } = config;
    const redis = connectRedis({ ...redisFromEnvironment(config), profile: "producer" });
    opened.defer(() => void redis.disconnect());
    const health = opened.use(watchRedisHealth({ redis, url: config.REDIS_URL, logger }));
    opened.use(watchFormat({ redis, fail }));
    const secretKeyCheck = opened.use(startSecretKeyCheck({ redis, secretKey, logger }));
    const store = createConnectionStore({ redis, secretKey, allowCustomTrackUrl });
    const archive = await archiveFromEnvironment(config, (message) => logger.warn(message));
    if (archive) opened.use(archive);
    const dashboard = await createDashboard({
      redis,
      health,
      store,
      logger,
      password: config.DASHBOARD_PASSWORD,
      readOnlyPassword: config.DASHBOARD_READ_ONLY_PASSWORD,
      dashboardUrl: config.DASHBOARD_URL,
      openId: openIdFromEnvironment(config),
      loginCode: config.DASHBOARD_LOGIN_CODE,
      apiToken: config.DASHBOARD_API_TOKEN,
      metricsToken: config.METRICS_TOKEN,
      maskPersonalData: config.DASHBOARD_MASK_PERSONAL_DATA,
      secretKey,
      secretKeyCheck,
      archive,
      allowCustomTrackUrl,
      intakeUrl: config.INTAKE_URL,
      intakeInternalUrl: config.INTAKE_INTERNAL_URL,
      intakePort: config.INTAKE_PORT,
      trustProxy: config.TRUST_PROXY,
    });
    opened.use(dashboard);
    await listen({
      config,
      portFrom: "DASHBOARD_PORT",
      start: (address) => dashboard.listen(address),
      logger,
    });
    await secretKeyCheck.passed;
  },
});
