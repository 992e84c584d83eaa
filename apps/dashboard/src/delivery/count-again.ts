import type { Connection } from "@customerio-router/connections";
import { recount } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";

/** Counts the messages of connections one by one. Gives those in which messages came or went all the time. */
export async function countAgain(redis: RedisClient, connections: Connection[]): Promise<Connection[]> {
  const busy = [];
  for (const connection of connections) {
    if (!(await recount(redis, connection.id))) busy.push(connection);
  }
  return busy;
}

/** Why connections were not counted, and what to do. */
export function explainBusy(busy: Connection[]): string {
  const names = new Intl.ListFormat("en-GB").format(busy.map(({ name }) => name));
  const connections = busy.length === 1 ? "the connection" : "these connections";
  return `${names} could not be counted: messages came or went during each of 5 attempts. Pause ${connections} first, or count again when fewer messages arrive.`;
}
