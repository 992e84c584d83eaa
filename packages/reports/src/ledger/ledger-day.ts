import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { type Account, accountOf, isLedgerOutcome, type LedgerOutcome } from "./account.ts";

const decompress = promisify(zstdDecompress);

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
        // In one step, or a day that is packed in between would be missing.
        const replies = await redis
          .multi()
          .hgetBuffer(days, String(day))
          .hgetall(`${dayPrefix}${day}`)
          .exec();
        const [packed, live] = (replies ?? []).map(([error, value]) => {
          if (error) throw error;
          return value;
        });
        const hashes = [await unpackDay(packed as Buffer | null), live as { [field: string]: string }];
        return { day, numbers: addUp(hashes) };
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

/** The days of several connections, added up day by day, oldest first. */
export function mergeDays(days: LedgerDay[]): LedgerDay[] {
  return [...Map.groupBy(days, ({ day }) => day)]
    .map(([day, same]) => ({ day, numbers: addUp(same.map(({ numbers }) => Object.fromEntries(numbers))) }))
    .sort((a, b) => a.day - b.day);
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
