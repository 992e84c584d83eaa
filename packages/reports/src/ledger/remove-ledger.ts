import { ledgerKeys, type RedisClient } from "@customerio-router/redis";

/** Forgets the account of a connection. */
export async function removeLedger(redis: RedisClient, connectionId: string): Promise<void> {
  const { totals, days, dayPrefix } = ledgerKeys(connectionId);
  const known = await redis.hkeys(days);
  await redis.unlink(totals, days, ...known.map((day) => `${dayPrefix}${day}`));
}
