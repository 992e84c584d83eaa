import { createConnectionStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { findRedisSituation } from "@customerio-router/reports";
import { redisFromEnvironment } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { checkArchive } from "./check-archive.ts";
import { checkDataDir } from "./check-data-dir.ts";
import { checkEnvironment, type DoctorConfig } from "./check-environment.ts";
import { checkFormat } from "./check-format.ts";
import { checkKeys } from "./check-keys.ts";
import { checkPorts } from "./check-ports.ts";
import { checkProcesses } from "./check-processes.ts";
import { checkSecretKey } from "./check-secret-key.ts";
import { checkSpools } from "./check-spools.ts";
import { checkStates } from "./check-states.ts";
import { checkThresholds } from "./check-thresholds.ts";
import { type Finding, wrongAsIn } from "./finding.ts";
import { checkClock } from "./redis/check-clock.ts";
import { checkLatency } from "./redis/check-latency.ts";
import { checkSetUp } from "./redis/check-set-up.ts";
import { openRedis } from "./redis/open-redis.ts";
import { runCheck } from "./run-check.ts";

/** Redis, then the slowest check: ten seconds in all. */
const timeoutMs = 3_000;
const keysTimeoutMs = 6_000;

/** Runs every check, those that wait for different servers side by side. */
export async function examine(environment: Environment): Promise<Finding[]> {
  const { findings, config } = checkEnvironment(environment);
  const ofMachine = Promise.all([
    runCheck("DATA_DIR", timeoutMs, () => checkDataDir(config.DATA_DIR)),
    runCheck("Ports", timeoutMs, () => checkPorts(config)),
  ]);
  const ofInstallation = await examineInstallation(config);
  return [findings, ...ofInstallation, ...(await ofMachine)].flat();
}

async function examineInstallation(config: DoctorConfig): Promise<Finding[][]> {
  const { REDIS_URL: url } = config;
  // The environment's finding says why.
  if (url === undefined) return [await checkArchiveAlone(config)];
  using open = await openRedis(redisFromEnvironment({ ...config, REDIS_URL: url }));
  const { redis, answers, problem } = open;
  const ofRedis = problem ? [wrongAsIn("Redis", findRedisSituation(problem))] : [];
  if (!answers) return [ofRedis, await checkArchiveAlone(config)];
  return [ofRedis, ...(await askRedis(redis, config))];
}

async function checkArchiveAlone(config: DoctorConfig): Promise<Finding[]> {
  return await runCheck("Archive", timeoutMs, () => checkArchive(config, undefined));
}

async function askRedis(redis: RedisClient, config: DoctorConfig): Promise<Finding[][]> {
  const { SECRET_KEY: secretKey, ALLOW_CUSTOM_TRACK_URL: allowCustomTrackUrl } = config;
  const store = createConnectionStore({ redis, secretKey, allowCustomTrackUrl });
  return await Promise.all([
    runCheck("Redis", timeoutMs, () => checkSetUp(redis)),
    runCheck("Redis latency", timeoutMs, () => checkLatency(redis)),
    runCheck("Time", timeoutMs, () => checkClock(redis)),
    runCheck("Format of the data", timeoutMs, () => checkFormat(redis)),
    runCheck("SECRET_KEY", timeoutMs, () => checkSecretKey(redis, secretKey)),
    runCheck("Workers and intakes", timeoutMs, () => checkProcesses(redis)),
    runCheck("Connections", timeoutMs, () => checkStates(redis, store)),
    runCheck("Thresholds", timeoutMs, () => checkThresholds(redis, store)),
    runCheck("Keys", keysTimeoutMs, () => checkKeys({ store, allowCustomTrackUrl })),
    runCheck("Spool", timeoutMs, () => checkSpools(redis)),
    runCheck("Archive", timeoutMs, () => checkArchive(config, { redis, store })),
  ]);
}
