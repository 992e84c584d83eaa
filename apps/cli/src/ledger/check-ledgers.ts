import type { Connection } from "@customerio-router/connections";
import { recount } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readLedgers } from "@customerio-router/reports";
import { CommandError } from "../command-error.ts";
import { count, countOf } from "../in-words.ts";

/** Counts messages one by one, and says what is missing. @throws CommandError when a connection is too busy for it */
export async function checkLedgers(
  redis: RedisClient,
  connections: Connection[],
): Promise<{ text: string; unaccounted: number }> {
  for (const { id, name } of connections) {
    if (await recount(redis, id)) continue;
    throw new CommandError(
      `${name} could not be counted: messages came or went during each of 5 attempts. Pause it first (npm run cli -- connections pause), or count again when fewer messages arrive.`,
    );
  }
  const { total } = await readLedgers(
    redis,
    connections.map(({ id }) => id),
    {},
  );
  const { received, unaccounted } = total;
  return { unaccounted, text: `Counted one by one: ${explain(received, unaccounted)}` };
}

function explain(received: number, unaccounted: number): string {
  if (unaccounted === 0) {
    return received === 1
      ? "the only message is accounted for."
      : `all ${count(received)} messages are accounted for.`;
  }
  return `${count(unaccounted)} of ${countOf(received, "message")} ${unaccounted === 1 ? "is" : "are"} unaccounted for: another tool deleted their keys in Redis.`;
}
