import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { defineScript, ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { type Account, accountOf, isLedgerOutcome, type LedgerOutcome } from "./account.ts";
import { readScope, suffixOf } from "./scope.ts";

const decompress = promisify(zstdDecompress);

/** One day of the ledger, or of the part of it that counts one source: numbers by field. */
export type LedgerDay = { day: number; numbers: ReadonlyMap<string, number> };

/** The days that the ledger knows, oldest first; of one source, or of all messages. */
export async function readDays(
  redis: RedisClient,
  connectionId: string,
  { from, to, source }: { from: number; to: number; source?: string | undefined },
): Promise<LedgerDay[]> {
  const { days, dayPrefix } = ledgerKeys(connectionId);
  const known = (await redis.hkeys(days)).map(readScope).filter((scope) => scope.source === source);
  return await Promise.all(
    known
      .map((scope) => Number(scope.day))
      .filter((day) => day >= from && day <= to)
      .toSorted((a, b) => a - b)
      .map(async (day): Promise<LedgerDay> => {
        const scope = `${day}${suffixOf(source)}`;
        const [packed, live] = await readDay.asBytes(redis, [days, `${dayPrefix}${scope}`], [scope]);
        const texts = live.map(String);
        const counted = Object.fromEntries(
          texts.flatMap((field, index) => (index % 2 === 0 ? [[field, texts[index + 1]]] : [])),
        );
        return { day, numbers: addUp([await unpackDay(packed), counted]) };
      }),
  );
}

/** In one step, or a day that is packed in between would be missing. A full Redis takes a script, and no `MULTI`. */
const readDay = defineScript<[packed: Buffer | null, live: Buffer[]]>(
  "readLedgerDay",
  `return { redis.call('HGET', KEYS[1], ARGV[1]), redis.call('HGETALL', KEYS[2]) }`,
);

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
