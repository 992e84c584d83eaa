import type { RedisProblem } from "../problems/redis-problems.ts";
import { targetOf } from "../url/read-redis-url.ts";
import { findTlsMismatch } from "./find-tls-mismatch.ts";

/** A connection to Redis is made for it, so it is done at most this often. */
const againMs = 5_000;

/** Finds why a connection breaks that has not said so. `redisUrl` is REDIS_URL. */
export function createDiagnosis(redisUrl: string): () => Promise<RedisProblem | undefined> {
  const target = targetOf(redisUrl);
  let startedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - startedAtMs < againMs) return undefined;
    startedAtMs = performance.now();
    return await findTlsMismatch(target);
  };
}
