import { ApiKeyError, type OpenedRules, type RuleStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { writeStatus } from "@customerio-router/reports";

/**
 * The rules of a connection. If their salt cannot be decrypted, the connection's status is needs attention, with what to
 * do: without them nothing is sent.
 * @throws ApiKeyError
 */
export async function openRules(
  { redis, rules }: { redis: RedisClient; rules: Pick<RuleStore, "open"> },
  connectionId: string,
): Promise<OpenedRules> {
  try {
    return await rules.open(connectionId);
  } catch (error) {
    if (error instanceof ApiKeyError) {
      await writeStatus(redis, connectionId, { state: "no-key", why: error.message });
    }
    throw error;
  }
}
