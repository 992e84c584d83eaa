import type { RedisClient } from "@customerio-router/redis";
import { hourMs } from "../counts/hours.ts";
import { latencyBoundsMs } from "./buckets.ts";
import { dayMs, dayOf } from "./day.ts";
import type { Latency } from "./latency.ts";
import { type LedgerDay, readDays } from "./ledger-day.ts";
import { keptDays } from "./raising.ts";

/** What happened within an hour, whenever its messages were received. */
export type LedgerHour = {
  /** Unix milliseconds at which the hour begins. */
  atMs: number;
  received: number;
  delivered: number;
  skipped: number;
  rejected: number;
  /** Of the messages delivered in this hour. */
  latency: Latency;
};

/**
 * Every hour from the one of `fromMs` to the one of `toMs`, in Unix milliseconds, oldest first; of the last 90 days at most.
 * Hours in which nothing happened are there with zeros.
 */
export async function readHours(
  redis: RedisClient,
  connectionId: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<LedgerHour[]> {
  const first = Math.max(fromMs, (dayOf(Date.now()) - keptDays + 1) * dayMs);
  const known = await readDays(redis, connectionId, { from: dayOf(first), to: dayOf(toMs) });
  const byDay = new Map(known.map((day) => [day.day, day]));
  const days = Array.from({ length: Math.max(0, dayOf(toMs) - dayOf(first) + 1) }, (_, index) => {
    const day = dayOf(first) + index;
    return byDay.get(day) ?? { day, numbers: new Map() };
  });
  return days.flatMap(hoursOf).filter(({ atMs }) => atMs + hourMs > first && atMs <= toMs);
}

/** The 24 hours of a day. */
export function hoursOf({ day, numbers }: LedgerDay): LedgerHour[] {
  return Array.from({ length: 24 }, (_, hour) => {
    const count = (name: string) => numbers.get(`${hour}:${name}`) ?? 0;
    return {
      atMs: day * dayMs + hour * hourMs,
      received: count("received"),
      delivered: count("delivered"),
      skipped: count("skipped"),
      rejected: count("rejected"),
      latency: Array.from(
        { length: latencyBoundsMs.length + 1 },
        (_, bucket) => numbers.get(`${hour}<${bucket}`) ?? 0,
      ),
    };
  });
}
