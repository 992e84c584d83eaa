import { zstdDecompressSync } from "node:zlib";
import { defineScript, ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { type Account, accountOf, isLedgerOutcome, type LedgerOutcome } from "./account.ts";
import { readScope, type Scope, suffixOf } from "./scope.ts";

/** One day of the ledger, or of the part of it that counts one source: numbers by field. */
export type LedgerDay = { day: number; numbers: ReadonlyMap<string, number> };

/** Which days of a ledger: those of all messages, of one source, or of each source. */
export type DayQuery = { from: number; to: number; of: "all" | "each source" | { source: string } };

/** A day as it stands in Redis: numbers by field, in two parts that add up. */
export type StoredDay = Scope & { packed: Buffer; live: Buffer[] };

/** What a ledger has in Redis of a range of days, and its totals. */
export type StoredLedger = { totals: ReadonlyMap<string, string>; days: StoredDay[] };

/**
 * All in one step: one command for a connection, whatever the number of its days, and a day that is packed in between would be
 * missing. A full Redis takes a script, and no `MULTI`.
 */
const readStored = defineScript<[totals: Buffer[], days: [scope: Buffer, packed: Buffer, live: Buffer[]][]]>(
  "readLedgerDays",
  `local totals, days = unpack(KEYS)
   local prefix, from, to, wanted = unpack(ARGV)
   local found = {}
   for _, scope in ipairs(redis.call('HKEYS', days)) do
     local mark = string.find(scope, '~', 1, true)
     local day = tonumber(string.sub(scope, 1, (mark or 0) - 1))
     local suffix = mark and string.sub(scope, mark) or ''
     local isWanted = suffix == wanted or wanted == '~' and mark
     if isWanted and day >= tonumber(from) and day <= tonumber(to) then
       found[#found + 1] = { scope, redis.call('HGET', days, scope), redis.call('HGETALL', prefix .. scope) }
     end
   end
   return { redis.call('HGETALL', totals), found }`,
);

/** Days of the ledger as Redis has them. */
export async function readStoredLedger(
  redis: RedisClient,
  connectionId: string,
  { from, to, of }: DayQuery,
): Promise<StoredLedger> {
  const { totals, days, dayPrefix } = ledgerKeys(connectionId);
  const wanted = of === "all" ? "" : of === "each source" ? "~" : suffixOf(of.source);
  const [counted, found] = await readStored.asBytes(redis, [totals, days], [dayPrefix, from, to, wanted]);
  return {
    totals: new Map(inPairs(counted)),
    days: found.map(([scope, packed, live]) => ({ ...readScope(String(scope)), packed, live })),
  };
}

/** Adds the numbers of a day to others. The marks of names only serve to bound them. */
function addStoredDay(into: Map<string, number>, { packed, live }: StoredDay): void {
  const add = (field: string, value: unknown) => {
    if (field !== "names" && !field.startsWith("n|")) into.set(field, (into.get(field) ?? 0) + Number(value));
  };
  const unpacked = unpackDay(packed);
  for (const field in unpacked) add(field, unpacked[field]);
  for (const [field, value] of inPairs(live)) add(field, value);
}

function inPairs(parts: Buffer[]): [string, string][] {
  return Array.from({ length: parts.length / 2 }, (_, index) => [
    String(parts[2 * index]),
    String(parts[2 * index + 1]),
  ]);
}

/** The days of one ledger that it knows, oldest first. */
export async function readDays(
  redis: RedisClient,
  connectionId: string,
  { source, ...range }: { from: number; to: number; source?: string | undefined },
): Promise<LedgerDay[]> {
  const of = source === undefined ? "all" : { source };
  const { days } = await readStoredLedger(redis, connectionId, { ...range, of });
  return mergeStored(days);
}

/** Days of several ledgers, added up day by day, oldest first. */
export function mergeStored(stored: StoredDay[]): LedgerDay[] {
  const merged = new Map<number, Map<string, number>>();
  for (const one of stored) {
    const day = Number(one.day);
    const numbers = merged.get(day) ?? new Map<string, number>();
    merged.set(day, numbers);
    addStoredDay(numbers, one);
  }
  return [...merged].map(([day, numbers]) => ({ day, numbers })).sort((a, b) => a.day - b.day);
}

/** A day that was packed; see `packDays`. Synchronous: of a kilobyte, handing it to another thread costs five times as much. */
export function unpackDay(packed: Buffer | null): { [field: string]: unknown } {
  if (!packed || packed.length === 0) return {};
  return JSON.parse(zstdDecompressSync(packed).toString()) as { [field: string]: unknown };
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

/** Days added up day by day, oldest first. */
export function mergeDays(days: LedgerDay[]): LedgerDay[] {
  const merged = new Map<number, Map<string, number>>();
  for (const { day, numbers } of days) {
    const into = merged.get(day);
    if (into === undefined) merged.set(day, new Map(numbers));
    else for (const [field, number] of numbers) into.set(field, (into.get(field) ?? 0) + number);
  }
  return [...merged].map(([day, numbers]) => ({ day, numbers })).sort((a, b) => a.day - b.day);
}

/** Messages with an outcome. The event is empty where a person deleted what had none. */
export type LedgerRow = { outcome: LedgerOutcome; reason: string; event: string; messages: number };

export function rowsOf({ numbers }: LedgerDay): LedgerRow[] {
  return [...numbers].flatMap(([field, messages]): LedgerRow[] => {
    const [outcome = "", reason = "", ...event] = field.split("|");
    return isLedgerOutcome(outcome) && field.includes("|")
      ? [{ outcome, reason, event: event.join("|"), messages }]
      : [];
  });
}

export function accountOfDay(day: LedgerDay): Account {
  const byOutcome = Map.groupBy(rowsOf(day), ({ outcome }) => outcome);
  return accountOf((name) =>
    name === "received" ? (day.numbers.get(name) ?? 0) : countMessages(byOutcome.get(name) ?? []),
  );
}

export function countMessages(rows: LedgerRow[]): number {
  return rows.reduce((all, { messages }) => all + messages, 0);
}
