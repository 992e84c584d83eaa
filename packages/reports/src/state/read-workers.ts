import { type RedisClient, workerKey, workersKey } from "@customerio-router/redis";

/** A process without a sign of life for this long does not count. */
export const workerSilenceMs = 4_000;

/** A worker process that is alive. */
export type WorkerAlive = {
  id: string;
  /** `undefined` of a version that did not say it. */
  version?: string;
  /** The newest format of stored data that it reads; `undefined` of a version of the first one. */
  format?: number;
  host?: string;
  pid?: number;
};

/** The worker processes that are alive, by Redis's clock. */
export async function readWorkers(redis: RedisClient): Promise<WorkerAlive[]> {
  const [seconds] = await redis.time();
  const ids = await redis.zrangebyscore(workersKey, Number(seconds) * 1000 - workerSilenceMs, "+inf");
  const texts = await Promise.all(ids.map((id) => redis.get(workerKey(id))));
  return ids.map((id, index) => ({ id, ...JSON.parse(texts[index] ?? "{}") }));
}
