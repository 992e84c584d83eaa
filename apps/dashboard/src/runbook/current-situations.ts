import { setTimeout as sleep } from "node:timers/promises";
import { findThresholdSituations } from "@customerio-router/alerts";
import { type ConnectionStore, findHeldSituation, readHeld } from "@customerio-router/connections";
import {
  explainRedisReply,
  listRedisWarnings,
  type RedisClient,
  type RedisHealth,
} from "@customerio-router/redis";
import {
  type FoundSituation,
  findDeliverySituations,
  findRedisSituation,
  findSetUpSituation,
  findSpoolSituations,
  readIntakes,
  readReports,
} from "@customerio-router/reports";
import { shareReads } from "@customerio-router/service";
import type { VisibleArchive } from "../archive/visible-archive.ts";

/** Pages that are opened within this time show the same. */
const keptMs = 2_000;
/** Thresholds are about minutes and hours. */
const thresholdsKeptMs = 5_000;
/** A page waits at most this long, and shows what was known before. */
const waitMs = 1_000;

/** What is wrong at the moment, for the banner of every page. */
export type CurrentSituations = { read(): Promise<FoundSituation[]> };

type Sources = {
  redis: RedisClient;
  health: Pick<RedisHealth, "findProblem">;
  store: Pick<ConnectionStore, "list">;
  archive: Pick<VisibleArchive, "warnings">;
};

export function createCurrentSituations(sources: Sources): CurrentSituations {
  let known: FoundSituation[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  // The doctor says why they cannot be judged; the banner says the rest meanwhile.
  const ofThresholds = keepFor(thresholdsKeptMs, () => findThresholdSituations(sources).catch(() => []));
  const refresh = shareReads(async () => {
    known = await findSituations({ ...sources, ofThresholds });
    readAtMs = performance.now();
  });
  return {
    async read() {
      if (performance.now() - readAtMs >= keptMs) {
        await Promise.race([refresh(), sleep(waitMs, undefined, { ref: false })]);
      }
      return known;
    },
  };
}

/** Reads again once what was read is this old. */
function keepFor<Value>(ms: number, read: () => Promise<Value>): () => Promise<Value> {
  let kept: { value: Value; atMs: number } | undefined;
  return async () => {
    if (kept === undefined || performance.now() - kept.atMs >= ms) {
      kept = { value: await read(), atMs: performance.now() };
    }
    return kept.value;
  };
}

type Found = Sources & { ofThresholds: () => Promise<FoundSituation[]> };

async function findSituations({
  redis,
  health,
  store,
  archive,
  ofThresholds,
}: Found): Promise<FoundSituation[]> {
  const problem = await health.findProblem();
  if (problem) return [findRedisSituation(problem)];
  try {
    const connections = await store.list();
    const [reports, intakes, held, warnings, ofArchive, beyond] = await Promise.all([
      readReports(
        redis,
        connections.map(({ id }) => id),
      ),
      readIntakes(redis),
      readHeld(redis),
      listRedisWarnings(redis),
      archive.warnings(),
      ofThresholds(),
    ]);
    return [
      ...warnings.filter(({ about }) => about === "memory").map(findSetUpSituation),
      ...findHeldSituation(held),
      ...findDeliverySituations(reports),
      ...beyond,
      ...findSpoolSituations(intakes),
      ...ofArchive.map((detail) => ({ name: "archive-away" as const, detail })),
    ];
  } catch (error) {
    // Redis went away meanwhile.
    const why = error instanceof Error ? explainRedisReply(error) : undefined;
    return [findRedisSituation(why ?? { sentence: String(error), isLasting: false })];
  }
}
