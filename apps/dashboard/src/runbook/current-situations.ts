import { setTimeout as sleep } from "node:timers/promises";
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
  const refresh = shareReads(async () => {
    known = await findSituations(sources);
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

async function findSituations({ redis, health, store, archive }: Sources): Promise<FoundSituation[]> {
  const problem = await health.findProblem();
  if (problem) return [findRedisSituation(problem)];
  try {
    const connections = await store.list();
    const [reports, intakes, held, warnings, ofArchive] = await Promise.all([
      readReports(
        redis,
        connections.map(({ id }) => id),
      ),
      readIntakes(redis),
      readHeld(redis),
      listRedisWarnings(redis),
      archive.warnings(),
    ]);
    return [
      ...warnings.filter(({ about }) => about === "memory").map(findSetUpSituation),
      ...findHeldSituation(held),
      ...findDeliverySituations(reports),
      ...findSpoolSituations(intakes),
      ...ofArchive.map((detail) => ({ name: "archive-away" as const, detail })),
    ];
  } catch (error) {
    // Redis went away meanwhile.
    const why = error instanceof Error ? explainRedisReply(error) : undefined;
    return [findRedisSituation(why ?? { sentence: String(error), isLasting: false })];
  }
}
