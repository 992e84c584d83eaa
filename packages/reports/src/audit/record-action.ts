import { auditKey, type RedisClient } from "@customerio-router/redis";
import type { Action } from "./action.ts";

export const keptActionsMs = 366 * 24 * 60 * 60 * 1000;

/** The oldest go first. */
export const maxActions = 100_000;

/** Keeps what somebody did, for a year. */
export async function recordAction(redis: RedisClient, action: Action): Promise<void> {
  const oldest = Date.now() - keptActionsMs;
  await redis.xadd(auditKey, "MINID", "~", oldest, "*", "action", JSON.stringify(action));
  await redis.xtrim(auditKey, "MAXLEN", "~", maxActions);
}
