import type { Connection } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { type LedgerHour, latencyBoundsMs, readCounts, readHours } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";
import type { AlertSettings } from "../settings/alert-settings.ts";
import type { AlertCondition } from "./alert-conditions.ts";
import type { FoundAlert, Subject } from "./found-alert.ts";
import { isUsuallyBusy } from "./usually-busy.ts";

const hourMs = 3_600_000;
/** Fewer messages than this say nothing about a share. */
const minMessages = 20;
/** More messages later than the objective are too many. */
const lateShare = 0.05;

/** Connections whose hours are read at the same time, so that other commands get their turn. */
const atOnce = 50;

/** What the last hour of each connection shows. */
export async function findAllHourlyAlerts(
  redis: RedisClient,
  connections: readonly Connection[],
  settings: AlertSettings,
): Promise<FoundAlert[]> {
  const found: FoundAlert[] = [];
  for (let from = 0; from < connections.length; from += atOnce) {
    const part = connections.slice(from, from + atOnce);
    const each = await Promise.all(part.map((connection) => findHourlyAlerts(redis, connection, settings)));
    found.push(...each.flat());
  }
  return found;
}

/** Rejected messages, late ones, and silence. */
async function findHourlyAlerts(
  redis: RedisClient,
  { id, name }: Connection,
  settings: AlertSettings,
  nowMs = Date.now(),
): Promise<FoundAlert[]> {
  const [minutes, hours] = await Promise.all([
    readCounts(redis, id, nowMs - Math.max(hourMs, settings.quietMs)),
    readHours(redis, id, { fromMs: nowMs - hourMs, toMs: nowMs }),
  ]);
  const sum = (from: number, count: (minute: (typeof minutes)[number]) => number) =>
    minutes.filter(({ atMs }) => atMs > from).reduce((all, minute) => all + count(minute), 0);
  const rejected = sum(nowMs - hourMs, (minute) => minute.rejected);
  const settled = sum(nowMs - hourMs, (minute) => minute.delivered + minute.skipped + minute.rejected);
  const received = sum(nowMs - settings.quietMs, (minute) => minute.received);
  const isQuiet = received === 0 && (await isUsuallyBusy(redis, id, { windowMs: settings.quietMs, nowMs }));
  return [
    ...judgeRejected({ rejected, settled }, settings),
    ...judgeLate(hours, settings),
    ...(isQuiet
      ? [of("gone-quiet", `It received nothing for ${duration(settings.quietMs)}.`, { messages: 0 })]
      : []),
  ].map((found) => complete(found, { kind: "connection", id, name }));
}

type Judged = Pick<FoundAlert, "condition" | "detail" | "messages"> & { example?: "waiting" | "failed" };

function of(condition: AlertCondition, detail: string, rest: Omit<Judged, "condition" | "detail">): Judged {
  return { condition, detail, ...rest };
}

function complete({ example, ...judged }: Judged, subject: Subject): FoundAlert {
  return { ...judged, subject, ...(example && { exampleIn: { connectionId: subject.id, state: example } }) };
}

function judgeRejected(
  { rejected, settled }: { rejected: number; settled: number },
  { rejectedPercent }: AlertSettings,
): Judged[] {
  if (settled < minMessages || (100 * rejected) / settled <= rejectedPercent) return [];
  const share = Math.round((1_000 * rejected) / settled) / 10;
  const detail = `${rejected.toLocaleString("en")} of ${settled.toLocaleString("en")} messages (${share} %) were rejected within the last hour; a message that is retried counts each time.`;
  return [of("many-rejected", detail, { messages: rejected, example: "failed" })];
}

/** Of the present hour, and of the last one while the present one has few. */
function judgeLate(hours: readonly LedgerHour[], { deliveredWithinMs }: AlertSettings): Judged[] {
  const messagesOf = ({ latency }: LedgerHour) => latency.reduce((all, count) => all + count, 0);
  const present = hours.slice(-1);
  const counted = present.reduce((all, hour) => all + messagesOf(hour), 0) < minMessages ? hours : present;
  const all = counted.reduce((sum, hour) => sum + messagesOf(hour), 0);
  const late = counted.reduce((sum, { latency }) => sum + countLate(latency, deliveredWithinMs), 0);
  if (all < minMessages || late / all <= lateShare) return [];
  const detail = `${late.toLocaleString("en")} of ${all.toLocaleString("en")} messages took longer than ${duration(deliveredWithinMs)}.`;
  return [of("slow-delivery", detail, { messages: late })];
}

/** Those in buckets that begin at the objective or beyond. */
function countLate(latency: readonly number[], objectiveMs: number): number {
  return latency.reduce(
    (sum, count, bucket) => sum + ((latencyBoundsMs[bucket - 1] ?? 0) >= objectiveMs ? count : 0),
    0,
  );
}
