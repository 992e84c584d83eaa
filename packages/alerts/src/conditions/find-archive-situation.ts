import type { RedisClient } from "@customerio-router/redis";
import { type FoundSituation, recordedSinceMs } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";

/** An archive is written in cuts, each of which takes a moment. */
const graceMs = 120_000;

/** Whether settled messages wait to be archived for longer than they should, for doctor and alerts alike. */
export async function findArchiveSituation(
  redis: RedisClient,
  { connectionIds, cutMs }: { connectionIds: string[]; cutMs: number },
): Promise<FoundSituation | undefined> {
  const since = await Promise.all(connectionIds.map((id) => recordedSinceMs(redis, id)));
  const oldestMs = Math.min(...since.map((ms) => ms ?? Number.POSITIVE_INFINITY));
  const lateMs = Date.now() - oldestMs;
  if (lateMs <= cutMs + graceMs) return undefined;
  return {
    name: "archive-behind",
    detail: `The oldest message in Redis was settled ${duration(lateMs)} ago.`,
  };
}
