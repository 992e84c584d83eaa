import { type ConnectionStore, findHeldSituation, readHeld } from "@customerio-router/connections";
import { listRedisWarnings, type RedisClient } from "@customerio-router/redis";
import {
  findDeliverySituations,
  findSetUpSituation,
  findSpoolSituations,
  readIntakes,
  readReports,
} from "@customerio-router/reports";
import type { AlertSettings } from "../settings/alert-settings.ts";
import type { AlertCondition } from "./alert-conditions.ts";
import { findArchiveSituation } from "./find-archive-situation.ts";
import { findConnectionAlerts, ofDelivery } from "./find-connection-alerts.ts";
import { findAllHourlyAlerts } from "./find-hourly-alerts.ts";
import { type FoundAlert, type FoundAlerts, ofSituation } from "./found-alert.ts";

export type AlertSource = {
  redis: RedisClient;
  store: Pick<ConnectionStore, "list" | "listBroken">;
  /** ARCHIVE_CUT_MS; undefined where this process does not archive, and cannot say whether that is behind. */
  archiveCutMs: number | undefined;
};

/** What is wrong right now, by the functions that banner, doctor and `/readyz` use. */
export async function findAlerts(
  { redis, store }: Pick<AlertSource, "redis" | "store">,
  settings: AlertSettings,
): Promise<FoundAlerts> {
  const [connections, broken] = await Promise.all([store.list(), store.listBroken()]);
  const ids = connections.map(({ id }) => id);
  const [reports, intakes, held, warnings] = await Promise.all([
    readReports(redis, ids),
    readIntakes(redis),
    readHeld(redis),
    listRedisWarnings(redis),
  ]);
  const heldMessages = held.reduce((sum, { messages }) => sum + messages, 0);
  const spooled = intakes.reduce((sum, { spool }) => sum + (spool?.messages ?? 0), 0);
  const waiting = reports.connections.reduce((sum, { messagesWaiting }) => sum + messagesWaiting, 0);
  const noWorker = findDeliverySituations(reports).filter(({ name }) => name === "no-worker");
  const found = [
    ...noWorker.flatMap((found) => ofSituation(found, waiting)),
    ...(intakes.length === 0 ? ofSituation({ name: "no-intake", detail: "Nobody accepts calls." }) : []),
    ...findConnectionAlerts({ connections, reports, settings }, Date.now()),
    ...broken.map(
      ({ id, why }): FoundAlert => ({
        condition: "needs-attention",
        subject: { kind: "connection", id, name: id },
        detail: `Its record in Redis cannot be read (${why}).`,
        messages: 0,
      }),
    ),
    ...findHeldSituation(held).flatMap((found) => ofSituation(found, heldMessages)),
    ...warnings.map(findSetUpSituation).flatMap((found) => ofSituation(found)),
    ...findSpoolSituations(intakes).flatMap((found) => ofSituation(found, spooled)),
  ];
  const unknown = new Set([
    ...(reports.workers.length === 0 ? ofDelivery : []),
    ...(intakes.length === 0 ? ofIntakes : []),
  ]);
  return { found, unknown };
}

/** What only an intake that is alive can say. */
const ofIntakes: AlertCondition[] = ["redis-emptied", "spool-in-use", "spool-half-full", "spool-failing"];

/** Those that `findSlowAlerts` finds. */
export const slowConditions: AlertCondition[] = [
  "many-rejected",
  "slow-delivery",
  "gone-quiet",
  "archive-behind",
];

/** What shows over an hour, and changes slowly. */
export async function findSlowAlerts(
  { redis, store, archiveCutMs }: AlertSource,
  settings: AlertSettings,
): Promise<FoundAlerts> {
  const connections = await store.list();
  const connectionIds = connections.map(({ id }) => id);
  const behind =
    archiveCutMs === undefined
      ? undefined
      : await findArchiveSituation(redis, { connectionIds, cutMs: archiveCutMs });
  const hourly = await findAllHourlyAlerts(redis, connections, settings);
  const found = [...(behind ? ofSituation(behind) : []), ...hourly];
  return { found, unknown: new Set(archiveCutMs === undefined ? ["archive-behind"] : []) };
}
