import { ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { type Account, accountOf, subtractAccount, sumAccounts } from "./account.ts";
import { type Content, type ContentRow, writeRow } from "./content.ts";
import { dayOf } from "./day.ts";
import {
  accountOfDay,
  type LedgerDay,
  mergeDays,
  mergeStored,
  readDays,
  readStoredLedger,
  rowsOf,
} from "./ledger-day.ts";
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
  ofAllTime: Account;
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
  const { days, ...ledger } = await readLedgers(redis, [connectionId], query);
  return { ...ledger, split: await readSplit(redis, [connectionId], { by, days, ...query }) };
}

/** Read in one go: adding up the days of these takes some 10 ms, and other pages get their turn in between. */
const connectionsAtOnce = 10;

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
    ledgers.push(await readSome(redis, connectionIds.slice(from, from + connectionsAtOnce), query));
  }
  return addLedgers(ledgers);
}

/** Splits the account of connections by what is asked for; `days` are those that `readLedgers` gave for the same query. */
export async function readSplit(
  redis: RedisClient,
  connectionIds: string[],
  { by, days, ...query }: LedgerQuery & { by: LedgerSplit; days: LedgerDay[]; total?: Account },
): Promise<AccountRows> {
  return by === "source"
    ? { by, rows: await readBySource(redis, connectionIds, query) }
    : splitDays(days, by);
}

/**
 * One row for each source that sent something; the rows add up to the account of the connections.
 * @param total that account, where it is known
 */
export async function readBySource(
  redis: RedisClient,
  connectionIds: string[],
  { source, total, ...range }: LedgerQuery & { total?: Account },
): Promise<SourceRow[]> {
  const accounts = new Map<string, Account[]>();
  const add = (id: string, account: Account) => accounts.set(id, [...(accounts.get(id) ?? []), account]);
  const query = { ...withinKept(range), of: source === undefined ? ("each source" as const) : { source } };
  await forConnections(connectionIds, async (connectionId) => {
    const { totals, days } = await readStoredLedger(redis, connectionId, query);
    if (isOfAllTime(range)) {
      const known = source === undefined ? sourcesIn(totals.keys()) : [source];
      for (const id of known) add(id, accountIn(totals, id));
      return;
    }
    for (const [id = "", same] of Map.groupBy(days, (day) => day.source)) {
      add(id, sumAccounts(mergeStored(same).map(accountOfDay)));
    }
  });
  const rows: SourceRow[] = [...accounts].map(([id, same]) => ({ source: id, ...sumAccounts(same) }));
  if (source === undefined) {
    const ofAll = total ?? (await readLedgers(redis, connectionIds, range)).total;
    rows.push({ source: unknownSource, ...subtractAccount(ofAll, sumAccounts(rows)) });
  }
  return rows.filter(({ received }) => received !== 0).sort((a, b) => b.received - a.received);
}

async function forConnections(ids: string[], see: (id: string) => Promise<void>): Promise<void> {
  for (let from = 0; from < ids.length; from += connectionsAtOnce) {
    await Promise.all(ids.slice(from, from + connectionsAtOnce).map(see));
  }
}

export function addLedgers(ledgers: LedgerOfRange[]): LedgerOfRange {
  const checked = ledgers.flatMap(({ checkedAtMs }) => checkedAtMs ?? []);
  return {
    total: sumAccounts(ledgers.map(({ total }) => total)),
    ofAllTime: sumAccounts(ledgers.map(({ ofAllTime }) => ofAllTime)),
    days: mergeDays(ledgers.flatMap(({ days }) => days)),
    ...(checked.length > 0 && checked.length === ledgers.length && { checkedAtMs: Math.min(...checked) }),
  };
}

async function readSome(
  redis: RedisClient,
  connectionIds: string[],
  { source, ...range }: LedgerQuery,
): Promise<LedgerOfRange> {
  const query = { ...withinKept(range), of: source === undefined ? ("all" as const) : { source } };
  const stored = await Promise.all(connectionIds.map((id) => readStoredLedger(redis, id, query)));
  const days = mergeStored(stored.flatMap((ledger) => ledger.days));
  const ofAllTime = sumAccounts(stored.map(({ totals }) => accountIn(totals, source)));
  const checked = stored.flatMap(({ totals }) => Number(totals.get("checkedAtMs") ?? 0) || []);
  return {
    total: isOfAllTime(range) ? ofAllTime : sumAccounts(days.map(accountOfDay)),
    ofAllTime,
    days,
    ...(checked.length > 0 && checked.length === stored.length && { checkedAtMs: Math.min(...checked) }),
  };
}

function isOfAllTime({ from, to }: LedgerRange): boolean {
  return from === undefined && to === undefined;
}

function withinKept({ from = 0, to = Number.MAX_SAFE_INTEGER }: LedgerRange) {
  return { from: Math.max(from, dayOf(Date.now()) - keptDays + 1), to };
}

/** Of all time, of all messages or of those of one source. */
function accountIn(totals: ReadonlyMap<string, string>, source: string | undefined): Account {
  return accountOf((name) => Number(totals.get(`${name}${suffixOf(source)}`) ?? 0));
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
  return sourcesIn(await redis.hkeys(ledgerKeys(connectionId).totals));
}

function sourcesIn(names: Iterable<string>): string[] {
  const prefix = "received~";
  return [...names].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}
