import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { ledgerKeys, type RedisClient } from "@customerio-router/redis";
import type { Content } from "./content.ts";
import { dayOf, writeDay } from "./day.ts";
import { keptDays } from "./raising.ts";

const decompress = promisify(zstdDecompress);

/** What became of messages: `received` = `delivered` + `skipped` + `rejected` + `removed` + `waiting` + `unaccounted`. */
export type Account = {
  received: number;
  delivered: number;
  skipped: number;
  /** Among the failed jobs, where Retry sends them again. */
  rejected: number;
  /** Deleted by a person, or failed for longer than they are kept. */
  removed: number;
  waiting: number;
  /** Missing when the messages were last counted one by one: another tool deleted their keys. */
  unaccounted: number;
};

/** How an account is split. Events and reasons are known of messages with an outcome. */
export type AccountRows =
  | { by: "day"; rows: (Account & { day: string })[] }
  | { by: "event"; rows: (Omit<Account, "received" | "waiting" | "unaccounted"> & { event: string })[] }
  | { by: "reason"; rows: { outcome: string; reason: string; messages: number }[] };

export type Ledger = {
  total: Account;
  split: AccountRows;
  /** When `unaccounted` was found, in Unix milliseconds. */
  checkedAtMs?: number;
};

const outcomes = ["delivered", "skipped", "rejected", "removed", "unaccounted"] as const;
type Outcome = (typeof outcomes)[number];

/**
 * The account of a connection: of all time without `from` and `to`, else of the messages received on these UTC days, both
 * included. Days before the last 90 are in the total alone.
 */
export async function readLedger(
  redis: RedisClient,
  connectionId: string,
  options: { by: AccountRows["by"]; from?: number | undefined; to?: number | undefined },
): Promise<Ledger> {
  const { by, from, to } = options;
  const totals = await redis.hgetall(ledgerKeys(connectionId).totals);
  const today = dayOf(Date.now());
  const days = await readDays(redis, connectionId, {
    from: Math.max(from ?? 0, today - keptDays + 1),
    to: to ?? Number.MAX_SAFE_INTEGER,
  });
  const isOfAllTime = from === undefined && to === undefined;
  const total = isOfAllTime ? accountOf((name) => Number(totals[name] ?? 0)) : sum(days.map(accountOfDay));
  const checkedAtMs = Number(totals.checkedAtMs ?? 0);
  return { total, split: split(days, by), ...(checkedAtMs > 0 && { checkedAtMs }) };
}

/** One day of the ledger: numbers by field. */
export type LedgerDay = { day: number; numbers: ReadonlyMap<string, number> };

/** The days that the ledger knows, oldest first. */
export async function readDays(
  redis: RedisClient,
  connectionId: string,
  { from, to }: { from: number; to: number },
): Promise<LedgerDay[]> {
  const { days, dayPrefix } = ledgerKeys(connectionId);
  const known = (await redis.hkeys(days)).map(Number).filter((day) => day >= from && day <= to);
  return await Promise.all(
    known
      .toSorted((a, b) => a - b)
      .map(async (day): Promise<LedgerDay> => {
        const [packed, live] = await Promise.all([
          redis.hgetBuffer(days, String(day)),
          redis.hgetall(`${dayPrefix}${day}`),
        ]);
        return { day, numbers: addUp([await unpackDay(packed), live]) };
      }),
  );
}

/** A day that was packed; see `packDays`. */
export async function unpackDay(packed: Buffer | null): Promise<{ [field: string]: unknown }> {
  if (!packed || packed.length === 0) return {};
  return JSON.parse((await decompress(packed)).toString()) as { [field: string]: unknown };
}

/** Without the marks of names, which only serve to bound them. */
export function addUp(hashes: { [field: string]: unknown }[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [field, value] of hashes.flatMap(Object.entries)) {
    if (field === "names" || field.startsWith("n|")) continue;
    numbers.set(field, (numbers.get(field) ?? 0) + Number(value));
  }
  return numbers;
}

type Row = { outcome: Outcome; reason: string; event: string; messages: number };

function rowsOf({ numbers }: LedgerDay): Row[] {
  return [...numbers].flatMap(([field, messages]): Row[] => {
    const [outcome = "", reason = "", ...event] = field.split("|");
    return isOutcome(outcome) && field.includes("|")
      ? [{ outcome, reason, event: event.join("|"), messages }]
      : [];
  });
}

function isOutcome(name: string): name is Outcome {
  return (outcomes as readonly string[]).includes(name);
}

function accountOfDay(day: LedgerDay): Account {
  const byOutcome = Map.groupBy(rowsOf(day), ({ outcome }) => outcome);
  return accountOf((name) =>
    name === "received"
      ? (day.numbers.get(name) ?? 0)
      : (byOutcome.get(name) ?? []).reduce((all, { messages }) => all + messages, 0),
  );
}

function accountOf(read: (name: "received" | Outcome) => number): Account {
  const received = read("received");
  const [delivered, skipped, rejected, removed, unaccounted] = outcomes.map(read) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const waiting = received - delivered - skipped - rejected - removed - unaccounted;
  return { received, delivered, skipped, rejected, removed, waiting, unaccounted };
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

function sum(accounts: Account[]): Account {
  return accountOf((name) => accounts.reduce((all, account) => all + account[name], 0));
}

function split(days: LedgerDay[], by: AccountRows["by"]): AccountRows {
  if (by === "day") {
    return { by, rows: days.map((day) => ({ day: writeDay(day.day), ...accountOfDay(day) })).toReversed() };
  }
  const rows = days.flatMap(rowsOf);
  if (by === "reason") {
    const named = rows.filter(({ outcome }) => outcome !== "delivered");
    return {
      by,
      rows: [...Map.groupBy(named, ({ outcome, reason }) => `${outcome}|${reason}`).values()]
        .map((ofReason) => {
          const { outcome, reason } = ofReason[0] as Row;
          return { outcome, reason, messages: countMessages(ofReason) };
        })
        .filter(({ messages }) => messages !== 0)
        .sort((a, b) => b.messages - a.messages),
    };
  }
  const events = Map.groupBy(rows, ({ event }) => event);
  return {
    by,
    rows: [...events]
      .filter(([event]) => event !== "")
      .map(([event, ofEvent]) => {
        const count = (name: Outcome) => countMessages(ofEvent.filter(({ outcome }) => outcome === name));
        return {
          event,
          delivered: count("delivered"),
          skipped: count("skipped"),
          rejected: count("rejected"),
          removed: count("removed"),
        };
      })
      .filter(({ delivered, skipped, rejected, removed }) => delivered || skipped || rejected || removed)
      .sort((a, b) => b.delivered - a.delivered),
  };
}

function countMessages(rows: Row[]): number {
  return rows.reduce((all, { messages }) => all + messages, 0);
}
