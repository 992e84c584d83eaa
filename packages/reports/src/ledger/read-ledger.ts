import { ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { type Account, accountOf, sumAccounts } from "./account.ts";
import type { Content } from "./content.ts";
import { dayOf } from "./day.ts";
import { accountOfDay, type LedgerDay, mergeDays, readDays, rowsOf } from "./ledger-day.ts";
import { keptDays } from "./raising.ts";
import { type AccountRows, type LedgerSplit, splitDays } from "./split-days.ts";

/** UTC days counted from 1970, both included; without any, all time. */
export type LedgerRange = { from?: number | undefined; to?: number | undefined };

/** What the ledger says of a range: the account, and the days to split it by. */
export type LedgerOfRange = {
  total: Account;
  /** Oldest first; days before the last 90 are in the total of all time alone. */
  days: LedgerDay[];
  /** When `unaccounted` was found, in Unix milliseconds. */
  checkedAtMs?: number;
};

export type Ledger = Omit<LedgerOfRange, "days"> & { split: AccountRows };

/**
 * The account of a connection: of all time without `from` and `to`, else of the messages received on these UTC days, both
 * included. Days before the last 90 are in the total alone.
 */
export async function readLedger(
  redis: RedisClient,
  connectionId: string,
  { by, ...range }: LedgerRange & { by: LedgerSplit },
): Promise<Ledger> {
  const { days, ...ledger } = await readRange(redis, connectionId, range);
  return { ...ledger, split: splitDays(days, by) };
}

/** Read in one go: the days of hundreds would take longer than a command of Redis may. */
const connectionsAtOnce = 25;

/**
 * The accounts of connections, added up. They were counted one by one when the one was that this is longest ago for; never
 * when one of them was not.
 */
export async function readLedgers(
  redis: RedisClient,
  connectionIds: string[],
  range: LedgerRange,
): Promise<LedgerOfRange> {
  const ledgers: LedgerOfRange[] = [];
  for (let from = 0; from < connectionIds.length; from += connectionsAtOnce) {
    const ids = connectionIds.slice(from, from + connectionsAtOnce);
    ledgers.push(addLedgers(await Promise.all(ids.map((id) => readRange(redis, id, range)))));
  }
  return addLedgers(ledgers);
}

export function addLedgers(ledgers: LedgerOfRange[]): LedgerOfRange {
  const checked = ledgers.flatMap(({ checkedAtMs }) => checkedAtMs ?? []);
  return {
    total: sumAccounts(ledgers.map(({ total }) => total)),
    days: mergeDays(ledgers.flatMap(({ days }) => days)),
    ...(checked.length > 0 && checked.length === ledgers.length && { checkedAtMs: Math.min(...checked) }),
  };
}

async function readRange(
  redis: RedisClient,
  connectionId: string,
  { from, to }: LedgerRange,
): Promise<LedgerOfRange> {
  const totals = await redis.hgetall(ledgerKeys(connectionId).totals);
  const days = await readDays(redis, connectionId, {
    from: Math.max(from ?? 0, dayOf(Date.now()) - keptDays + 1),
    to: to ?? Number.MAX_SAFE_INTEGER,
  });
  const isOfAllTime = from === undefined && to === undefined;
  const total = isOfAllTime
    ? accountOf((name) => Number(totals[name] ?? 0))
    : sumAccounts(days.map(accountOfDay));
  const checkedAtMs = Number(totals.checkedAtMs ?? 0);
  return { total, days, ...(checkedAtMs > 0 && { checkedAtMs }) };
}

/** What the ledger expects all jobs together to hold, of the days it knows. */
export async function readExpectedContent(redis: RedisClient, connectionId: string): Promise<Content> {
  const days = await readDays(redis, connectionId, { from: 0, to: Number.MAX_SAFE_INTEGER });
  return days.flatMap((day): Content => {
    const rejected = rowsOf(day).filter(({ outcome }) => outcome === "rejected");
    return [
      [day.day, accountOfDay(day).waiting],
      ...rejected.map(({ messages, reason, event }): Content[number] => [day.day, messages, reason, event]),
    ];
  });
}
