import type { ConnectionStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { type FoundSituation, readReports } from "@customerio-router/reports";
import { readStoredAlerts } from "../store/stored-alerts.ts";
import { findConnectionAlerts } from "./find-connection-alerts.ts";
import { findAllHourlyAlerts } from "./find-hourly-alerts.ts";
import type { FoundAlert } from "./found-alert.ts";

/** Connections that a situation names; of the others it gives the number. */
const maxNamed = 5;

/** What is beyond the thresholds of the alerts, for page and doctor, whether or not it is told. */
export async function findThresholdSituations({
  redis,
  store,
}: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "list">;
}): Promise<FoundSituation[]> {
  const [{ settings }, connections] = await Promise.all([readStoredAlerts(redis), store.list()]);
  const ids = connections.map(({ id }) => id);
  const [reports, ofHour] = await Promise.all([
    readReports(redis, ids),
    findAllHourlyAlerts(redis, connections, settings),
  ]);
  const ofNow = findConnectionAlerts({ connections, reports, settings }, Date.now()).filter(
    ({ condition }) => condition === "waiting-long",
  );
  return [...Map.groupBy([...ofNow, ...ofHour], ({ condition }) => condition)].map(([name, found]) => ({
    name,
    detail: describe(found),
  }));
}

function describe(found: FoundAlert[]): string {
  const named = found.slice(0, maxNamed).map(({ subject, detail }) => `${subject?.name}: ${detail}`);
  if (found.length > maxNamed) named.push(`${found.length - maxNamed} more.`);
  return named.join(" ");
}
