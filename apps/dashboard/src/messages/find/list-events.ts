import type { Connection } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { dayOf, readLedgers, splitByEvent } from "@customerio-router/reports";

/** More connections would take a page's time. */
const maxConnections = 50;
const maxEvents = 100;
const days = 7;

/** The most frequent events of the last days, to choose from; none where there are many connections. */
export async function listEvents(redis: RedisClient, connections: Connection[]): Promise<string[]> {
  if (connections.length > maxConnections) return [];
  const ids = connections.map(({ id }) => id);
  const ledger = await readLedgers(redis, ids, { from: dayOf(Date.now()) - days + 1 });
  return splitByEvent(ledger.days)
    .slice(0, maxEvents)
    .map(({ event }) => event);
}
