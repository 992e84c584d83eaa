import {
  type BrokenConnection,
  type ConnectionStore,
  describeHeld,
  readHeld,
} from "@customerio-router/connections";
import {
  connectionKeys,
  findRedisWarnings,
  listRedisWarnings,
  type RedisClient,
} from "@customerio-router/redis";
import { describeWorkers, readWorkers } from "@customerio-router/reports";
import type { VisibleArchive } from "../../archive/visible-archive.ts";

/** What a person has to look after that no banner says. */
export async function findSetUpWarnings({
  redis,
  store,
}: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "listBroken">;
}): Promise<string[]> {
  const [warnings, broken] = await Promise.all([listRedisWarnings(redis), store.listBroken()]);
  const ofRedis = warnings.filter(({ about }) => about !== "memory").map(({ sentence }) => sentence);
  return [...ofRedis, ...broken.map(describeBroken)];
}

/** What a person has to look after, each as a sentence with what to do. */
export async function findWarnings({
  redis,
  store,
  archive,
}: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "listBroken">;
  archive: Pick<VisibleArchive, "warnings">;
}): Promise<string[]> {
  const [held, redisWarnings, broken, ofArchive, workers] = await Promise.all([
    readHeld(redis),
    findRedisWarnings(redis),
    store.listBroken(),
    archive.warnings(),
    readWorkers(redis),
  ]);
  return [
    ...describeWorkers({ workers }),
    ...describeHeld(held),
    ...redisWarnings,
    ...ofArchive,
    ...broken.map(describeBroken),
  ];
}

function describeBroken({ id, why }: BrokenConnection): string {
  return `The connection ${id} cannot be read, so nothing is delivered for it (${why}). Correct its record in Redis, in the hash ${connectionKeys.records}; the other connections go on.`;
}
