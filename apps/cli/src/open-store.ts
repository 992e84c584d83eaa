import { type ConnectionStore, createConnectionStore } from "@customerio-router/connections";
import {
  connectRedis,
  createDiagnosis,
  explainConnectionError,
  isReady,
  type RedisClient,
  type RedisLocation,
  readFormat,
  refuseFormat,
} from "@customerio-router/redis";
import { CommandError } from "./command-error.ts";

export type OpenStore = AsyncDisposable & { redis: RedisClient; store: ConnectionStore };

/** The connections in Redis, for a command that ends soon. @throws when Redis cannot be reached, or its data not be read */
export async function openStore(
  options: RedisLocation & { secretKey: string | undefined; allowCustomTrackUrl: boolean },
): Promise<OpenStore> {
  const { secretKey, allowCustomTrackUrl, ...location } = options;
  let trouble: Error | undefined;
  const redis = connectRedis({
    ...location,
    profile: "producer",
    onError: (error) => {
      trouble = error;
    },
  });
  for (let waitedMs = 0; !isReady(redis) && waitedMs < 3_000; waitedMs += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (!isReady(redis)) {
    redis.disconnect();
    const problem = (await createDiagnosis(location.url)()) ?? (trouble && explainConnectionError(trouble));
    const why = problem?.sentence ?? trouble?.message;
    throw new Error(`Redis cannot be reached. ${why ?? "Look at REDIS_URL."}`);
  }
  const refusal = refuseFormat(await readFormat(redis));
  if (refusal !== undefined) {
    redis.disconnect();
    throw new CommandError(refusal);
  }
  return {
    redis,
    store: createConnectionStore({ redis, secretKey, allowCustomTrackUrl }),
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}
