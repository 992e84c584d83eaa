import type { RedisClient } from "@customerio-router/redis";
import {
  type Account,
  accountOfDay,
  dayMs,
  dayOf,
  type EventRow,
  hoursOf,
  type LatencyQuantiles,
  type LedgerHour,
  quantilesOf,
  readLedgers,
  splitByEvent,
  sumAccounts,
  sumLatency,
} from "@customerio-router/reports";
import { beginOf, type OverviewRange } from "./ranges.ts";

/** What happened in an hour or a day, and how long its deliveries took. */
export type HistoryPoint = Pick<LedgerHour, "atMs" | "received" | "delivered" | "skipped" | "rejected"> & {
  latency: LatencyQuantiles | undefined;
};

/** What the ledger says of a range. */
export type History = {
  fromMs: number;
  /** Hours; days where there are many. */
  point: "hour" | "day";
  /** Oldest first. */
  points: HistoryPoint[];
  /** Of the deliveries of the range, from its first hour on. */
  latency: LatencyQuantiles | undefined;
  /** Of the messages received on the UTC days of the range, by event. */
  events: EventRow[];
  /** Of the same messages. */
  account: Account;
};

export async function readHistory(
  redis: RedisClient,
  { connectionIds, range }: { connectionIds: string[]; range: OverviewRange },
): Promise<History> {
  const nowMs = Date.now();
  const fromMs = beginOf(range, nowMs);
  const { days } = await readLedgers(redis, connectionIds, { from: dayOf(fromMs) });
  const byDay = new Map(days.map((day) => [day.day, day]));
  const all = Array.from({ length: dayOf(nowMs) - dayOf(fromMs) + 1 }, (_, index) => {
    const day = dayOf(fromMs) + index;
    return byDay.get(day) ?? { day, numbers: new Map<string, number>() };
  });
  const hours = all.flatMap(hoursOf).filter(({ atMs }) => atMs + 3_600_000 > fromMs && atMs <= nowMs);
  const point = range === "month" || range === "quarter" ? "day" : "hour";
  const groups = Map.groupBy(hours, ({ atMs }) =>
    point === "day" ? Math.floor(atMs / dayMs) * dayMs : atMs,
  );
  return {
    fromMs,
    point,
    points: [...groups].map(([atMs, same]) => toPoint(atMs, same)),
    latency: quantilesOf(sumLatency(hours.map(({ latency }) => latency))),
    events: splitByEvent(all),
    account: sumAccounts(all.map(accountOfDay)),
  };
}

function toPoint(atMs: number, hours: LedgerHour[]): HistoryPoint {
  const sum = (name: "received" | "delivered" | "skipped" | "rejected") =>
    hours.reduce((all, hour) => all + hour[name], 0);
  return {
    atMs,
    received: sum("received"),
    delivered: sum("delivered"),
    skipped: sum("skipped"),
    rejected: sum("rejected"),
    latency: quantilesOf(sumLatency(hours.map(({ latency }) => latency))),
  };
}
