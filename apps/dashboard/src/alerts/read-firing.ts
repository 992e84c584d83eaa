import {
  type AlertCondition,
  type AlertState,
  alertConditions,
  isMuted,
  readStates,
  type StoredAlerts,
} from "@customerio-router/alerts";
import type { RedisClient } from "@customerio-router/redis";

/** An alert that is not over. */
export type Firing = AlertState & { key: string; isMuted: boolean };

/** What fires at the moment, in the order of the conditions. */
export async function readFiring(redis: RedisClient, stored: StoredAlerts): Promise<Firing[]> {
  const nowMs = Date.now();
  return [...(await readStates(redis))]
    .filter(([, { phase }]) => phase === "firing" || phase === "clearing")
    .map(([key, state]) => ({ ...state, key, isMuted: isMuted(stored, state, nowMs) }))
    .sort((one, other) => rank(one.condition) - rank(other.condition) || one.beganAtMs - other.beganAtMs);
}

function rank(condition: AlertCondition): number {
  return alertConditions.indexOf(condition);
}
