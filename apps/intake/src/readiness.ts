import { findRedisWarnings, isReady, type RedisClient } from "@customerio-router/queue";
import type { Readiness } from "@customerio-router/service";
import type { EnsuredConnection } from "./ensure-connection.ts";

/** What keeps the intake from taking messages. */
export async function readReadiness(options: {
  redis: RedisClient;
  connection: EnsuredConnection;
}): Promise<Readiness> {
  const { redis, connection } = options;
  if (!isReady(redis)) return { problems: ["There is no connection to Redis"] };
  const problems = connection.isThere ? [] : ["The connection of the environment is not made yet"];
  return { problems, warnings: await findRedisWarnings(redis) };
}
