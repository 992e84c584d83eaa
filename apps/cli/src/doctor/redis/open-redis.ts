import { setTimeout as sleep } from "node:timers/promises";
import {
  connectRedis,
  isReady,
  type RedisClient,
  type RedisLocation,
  type RedisProblem,
  watchRedisHealth,
} from "@customerio-router/redis";

/** A Redis that serves answers much earlier; one behind a slow network is probed by then. */
const deadlineMs = 3_500;
const againMs = 100;
/** What is wrong is a finding. */
const silent = { info: () => {}, warn: () => {}, error: () => {} };

export type OpenRedis = Disposable & {
  redis: RedisClient;
  /** Whether it can be asked. */
  answers: boolean;
  /** Why it cannot serve. */
  problem: RedisProblem | undefined;
};

/** Opens Redis as the apps do, and probes what they need. */
export async function openRedis(location: RedisLocation): Promise<OpenRedis> {
  const redis = connectRedis({ ...location, profile: "producer" });
  const health = watchRedisHealth({ redis, url: location.url, logger: silent });
  const startedAt = performance.now();
  let problem = await health.findProblem();
  while (problem && !problem.isLasting && performance.now() - startedAt < deadlineMs) {
    await sleep(againMs);
    problem = await health.findProblem();
  }
  return { redis, answers: isReady(redis), problem, [Symbol.dispose]: () => redis.disconnect() };
}
