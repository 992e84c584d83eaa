import { countsKey, type RedisClient } from "@customerio-router/redis";
import { type CountName, countNames, type MinuteCounts } from "./count-names.ts";
import { hourMs, hoursBetween, keptMs, minuteMs } from "./hours.ts";

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
  const minutes = Array.from(
    { length: last - first + 1 },
    (_, index): MinuteCounts => ({ ...none, atMs: (first + index) * minuteMs }),
  );
  for (const [index, hour] of hours.entries()) {
    for (const [field, value] of Object.entries(hashes[index] ?? {})) {
      const end = field.indexOf(":");
      const counts = minutes[hour * minutesOfHour + Number(field.slice(0, end)) - first];
      const name = field.slice(end + 1);
      if (counts === undefined) continue;
      if (name === "waiting") counts.backlog = JSON.parse(value);
      else if (isCountName(name)) counts[name] = Number(value);
    }
  }
  return minutes;
}

const minutesOfHour = hourMs / minuteMs;
const none = Object.fromEntries(countNames.map((name) => [name, 0])) as { [Name in CountName]: number };

function isCountName(name: string): name is CountName {
  return Object.hasOwn(none, name);
}

/** Forgets all counts of a connection. */
export async function removeCounts(redis: RedisClient, connectionId: string): Promise<void> {
  const hours = hoursBetween(Date.now() - keptMs - hourMs, Date.now());
  await Promise.all(hours.map((hour) => redis.unlink(countsKey(connectionId, hour))));
}
