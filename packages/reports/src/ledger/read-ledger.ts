import { ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { type Account, accountOf, subtractAccount, sumAccounts } from "./account.ts";
import { type Content, type ContentRow, writeRow } from "./content.ts";
import { dayOf } from "./day.ts";
import { accountOfDay, type LedgerDay, mergeDays, readDays, rowsOf } from "./ledger-day.ts";
import { keptDays } from "./raising.ts";
import { suffixOf, unknownSource } from "./scope.ts";
import { type AccountRows, type LedgerSplit, type SourceRow, splitDays } from "./split-days.ts";

/** UTC days counted from 1970, both included; without any, all time. */
export type LedgerRange = { from?: number | undefined; to?: number | undefined };

/** A range of days, of all messages or of those of one source. */
export type LedgerQuery = LedgerRange & { source?: string | undefined };

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
  { by, ...query }: LedgerQuery & { by: LedgerSplit },
): Promise<Ledger> {
  const { days, ...ledger } = await readRange(redis, connectionId, query);
  return { ...ledger, split: await readSplit(redis, [connectionId], { by, days, ...query }) };
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
  query: LedgerQuery,
): Promise<LedgerOfRange> {
  const ledgers: LedgerOfRange[] = [];
  for (let from = 0; from < connectionIds.length; from += connectionsAtOnce) {
    const ids = connectionIds.slice(from, from + connectionsAtOnce);
    ledgers.push(addLedgers(await Promise.all(ids.map((id) => readRange(redis, id, query)))));
  }
  return addLedgers(ledgers);
}

/** Splits the account of connections by what is asked for; `days` are those that `readLedgers` gave for the same query. */
export async function readSplit(
  redis: RedisClient,
  connectionIds: string[],
  { by, days, ...query }: LedgerQuery & { by: LedgerSplit; days: LedgerDay[] },
): Promise<AccountRows> {
  return by === "source"
    ? { by, rows: await readBySource(redis, connectionIds, query) }
    : splitDays(days, by);
}

/** One row for each source that sent something; the rows add up to the account of the connections. */
export async function readBySource(
  redis: RedisClient,
  connectionIds: string[],
  { source, ...range }: LedgerQuery,
): Promise<SourceRow[]> {
  const known = await Promise.all(connectionIds.map((id) => listLedgerSources(redis, id)));
  const ids = source === undefined ? [...new Set(known.flat())] : [source];
  const rows: SourceRow[] = [];
  for (const id of ids) {
    const { total } = await readLedgers(redis, connectionIds, { ...range, source: id });
    rows.push({ source: id, ...total });
  }
  if (source === undefined) {
    const { total } = await readLedgers(redis, connectionIds, range);
    rows.push({ source: unknownSource, ...subtractAccount(total, sumAccounts(rows)) });
  }
  return rows.filter(({ received }) => received !== 0).sort((a, b) => b.received - a.received);
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
  { from, to, source }: LedgerQuery,
): Promise<LedgerOfRange> {
  const totals = await redis.hgetall(ledgerKeys(connectionId).totals);
  const days = await readDays(redis, connectionId, {
    from: Math.max(from ?? 0, dayOf(Date.now()) - keptDays + 1),
    to: to ?? Number.MAX_SAFE_INTEGER,
    source,
  });
  const isOfAllTime = from === undefined && to === undefined;
  const total = isOfAllTime
    ? accountOf((name) => Number(totals[`${name}${suffixOf(source)}`] ?? 0))
    : sumAccounts(days.map(accountOfDay));
  const checkedAtMs = Number(totals.checkedAtMs ?? 0);
  return { total, days, ...(checkedAtMs > 0 && { checkedAtMs }) };
}

/** What the ledger expects all jobs together to hold, of the days it knows. */
export async function readExpectedContent(redis: RedisClient, connectionId: string): Promise<Content> {
  const sources = [undefined, ...(await listLedgerSources(redis, connectionId))];
  const contents = sources.map(async (source) => {
    const days = await readDays(redis, connectionId, { from: 0, to: Number.MAX_SAFE_INTEGER, source });
    return days.flatMap((day): Content => {
      const rejected = rowsOf(day).filter(({ outcome }) => outcome === "rejected");
      return [
        writeRow({ ...ofDay(day.day, source), messages: accountOfDay(day).waiting }),
        ...rejected.map(({ messages, reason, event }) =>
          writeRow({ ...ofDay(day.day, source), messages, reason, event }),
        ),
      ];
    });
  });
  return (await Promise.all(contents)).flat();
}

const ofDay = (day: number, source: string | undefined): ContentRow => ({
  day,
  source,
  messages: 0,
  reason: undefined,
  event: "",
});

/** The sources whose messages a connection's ledger counts apart; one that is removed stays in it. */
export async function listLedgerSources(redis: RedisClient, connectionId: string): Promise<string[]> {
  const names = await redis.hkeys(ledgerKeys(connectionId).totals);
  return names.flatMap((name) => (name.startsWith("received~") ? [name.slice("received~".length)] : []));
}
