import { ApiKeyError, type Connection, type ConnectionStore } from "@customerio-router/connections";
import { type CustomerioClient, createCustomerioClient } from "@customerio-router/customerio";
import type { RedisClient } from "@customerio-router/redis";
import { readStatus, writeStatus } from "@customerio-router/reports";

/**
 * Creates the client of a connection. If its API key cannot be decrypted, the connection's status is needs attention,
 * with what to do, until it can.
 * @throws ApiKeyError
 */
export async function openClient(
  { redis, store }: { redis: RedisClient; store: Pick<ConnectionStore, "apiKeyOf"> },
  { id, siteId, region, trackUrl, settings }: Connection,
): Promise<CustomerioClient> {
  const { deadlineMs } = settings;
  try {
    const apiKey = await store.apiKeyOf(id);
    await sayMended(redis, id);
    return createCustomerioClient({ siteId, apiKey, region, deadlineMs, ...(trackUrl && { trackUrl }) });
  } catch (error) {
    if (error instanceof ApiKeyError) {
      await writeStatus(redis, id, { state: "no-key", why: error.message });
    }
    throw error;
  }
}

async function sayMended(redis: RedisClient, connectionId: string): Promise<void> {
  const status = await readStatus(redis, connectionId);
  if (status?.state === "no-key") await writeStatus(redis, connectionId, undefined);
}
