import { defineScript, ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { dayMs, dayOf, packDays, raising } from "@customerio-router/reports";

const events = Array.from({ length: 10 }, (_, index) => `track Event ${index}`);
const connectionsAtOnce = 20;

const raiseAll = defineScript<null>(
  "benchRaise",
  `${raising}
   raiseAll(KEYS[1], KEYS[2], ARGV, 1)`,
);

/** What the workers of many connections would have counted: each hour of these days, and each minute of the last two hours. */
export async function fillLedgers(
  redis: RedisClient,
  { ids, days }: { ids: string[]; days: number },
): Promise<void> {
  const today = dayOf(Date.now());
  const hour = Math.floor(Date.now() / 3_600_000);
  for (let from = 0; from < ids.length; from += connectionsAtOnce) {
    await Promise.all(ids.slice(from, from + connectionsAtOnce).map(fill));
  }

  async function fill(id: string): Promise<void> {
    const { totals } = ledgerKeys(id);
    const counts = `${totals.replace(":ledger:", ":counts:")}:`;
    for (let day = today - days + 1; day <= today; day += 1) {
      // No two ledgers and no two days are alike.
      const messagesPerHour = 20 + 10 * ((ids.indexOf(id) + 7 * day) % 97);
      await raiseAll(redis, [totals, counts], changesOfDay(day, id, messagesPerHour));
    }
    for (const at of [hour - 1, hour]) await raiseAll(redis, [totals, counts], changesOfMinutes(at));
    await packDays(redis, id);
  }

  function changesOfDay(day: number, source: string, messagesPerHour: number): (string | number)[] {
    const hours = day === today ? Math.floor((Date.now() % dayMs) / 3_600_000) + 1 : 24;
    const messages = hours * messagesPerHour;
    const scopes = [String(day), `${day}~${source}`];
    const perEvent = messages / events.length;
    return [
      ...["", `~${source}`].flatMap((where) => [
        ...[where, "received", messages, ""],
        ...[where, "delivered", messages - 3, ""],
        ...[where, "skipped", 2, ""],
        ...[where, "rejected", 1, ""],
      ]),
      ...scopes.flatMap((scope) => [
        ...[scope, "received", messages, ""],
        ...events.flatMap((event, index) => [
          ...[scope, "delivered||", perEvent - (index === 0 ? 3 : 0), event],
          ...(index === 0 ? [scope, "skipped|no-identifier|", 2, event] : []),
          ...(index === 0 ? [scope, "rejected|failed|", 1, event] : []),
        ]),
      ]),
      ...Array.from({ length: hours }, (_, at) => [
        ...[day, `${at}:received`, messagesPerHour, ""],
        ...[day, `${at}:delivered`, messagesPerHour, ""],
        ...[day, `${at}<1`, messagesPerHour - 2, ""],
        ...[day, `${at}<3`, 2, ""],
      ]).flat(),
    ];
  }

  function changesOfMinutes(at: number): (string | number)[] {
    return Array.from({ length: 60 }, (_, minute) => [
      ...[`@${at}`, `${minute}:received`, 1, ""],
      ...[`@${at}`, `${minute}:delivered`, 1, ""],
      ...[`@${at}`, `${minute}:requests-2xx`, 1, ""],
    ]).flat();
  }
}
