import type { RedisClient } from "@customerio-router/redis";
import {
  type Account,
  dayOf,
  keptDays,
  type LedgerDay,
  type LedgerQuery,
  type LedgerRange,
  readBySource,
  readLedgers,
  type SourceRow,
} from "@customerio-router/reports";

/** UTC days counted from 1970, both included. */
export type Days = { from: number; to: number };

/** Shown when nobody asks for others. */
const usualDays = 30;

/** What became of the messages received on some days. */
export type Delivery = {
  chosen: Days;
  today: number;
  total: Account;
  /** Each of the chosen days, oldest first. */
  days: LedgerDay[];
  ofAllTime: Account;
  /** The chosen days by source; of one that is chosen, its row. */
  bySource: SourceRow[];
  checkedAtMs?: number;
};

/** Days that the ledger knows: 30 until today, unless a query names others. */
export function chooseDays({ from, to }: LedgerRange, today: number): Days {
  const oldest = today - keptDays + 1;
  const within = (day: number) => Math.min(today, Math.max(oldest, day));
  const last = within(to ?? today);
  return { from: Math.min(last, within(from ?? last - usualDays + 1)), to: last };
}

export async function readDelivery(
  redis: RedisClient,
  { connectionIds: ids, query }: { connectionIds: string[]; query: LedgerQuery },
): Promise<Delivery> {
  const today = dayOf(Date.now());
  const chosen = chooseDays(query, today);
  const { source } = query;
  const { ofAllTime, total, days: known, checkedAtMs } = await readLedgers(redis, ids, { ...chosen, source });
  const bySource = await readBySource(redis, ids, { ...chosen, source, total });
  const byDay = new Map(known.map((day) => [day.day, day]));
  const days = Array.from({ length: chosen.to - chosen.from + 1 }, (_, index): LedgerDay => {
    const day = chosen.from + index;
    return byDay.get(day) ?? { day, numbers: new Map() };
  });
  return {
    chosen,
    today,
    total,
    days,
    ofAllTime,
    bySource,
    ...(checkedAtMs !== undefined && { checkedAtMs }),
  };
}
