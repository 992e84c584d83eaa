import { countsKey, type RedisClient } from "@customerio-router/redis";
import { type CountName, countNames, type MinuteCounts } from "./count-names.ts";
import { hourMs, hoursBetween, keptMs, minuteMs, placeOf } from "./hours.ts";

/** Minute by minute, oldest first, from the minute of `fromMs` to the present one; minutes without counts are zeros. */
export async function readCounts(
  redis: RedisClient,
  connectionId: string,
  fromMs: number,
): Promise<MinuteCounts[]> {
  const first = Math.floor(fromMs / minuteMs);
  const last = Math.floor(Date.now() / minuteMs);
  const hours = hoursBetween(fromMs, Date.now());
  const hashes = await Promise.all(hours.map((hour) => redis.hgetall(countsKey(connectionId, hour))));
  const byHour = new Map(hours.map((hour, index) => [hour, hashes[index] ?? {}]));
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const atMs = (first + index) * minuteMs;
    const { hour, minute } = placeOf(atMs);
    const hash = byHour.get(hour) ?? {};
    const counts = Object.fromEntries(
      countNames.map((name) => [name, Number(hash[`${minute}:${name}`] ?? 0)]),
    ) as { [Name in CountName]: number };
    const backlog = hash[`${minute}:waiting`];
    return { ...counts, atMs, ...(backlog !== undefined && { backlog: JSON.parse(backlog) }) };
  });
}

/** Forgets all counts of a connection. */
export async function removeCounts(redis: RedisClient, connectionId: string): Promise<void> {
  const hours = hoursBetween(Date.now() - keptMs - hourMs, Date.now());
  await Promise.all(hours.map((hour) => redis.unlink(countsKey(connectionId, hour))));
}
