import { createBackend, forgetConnection } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { removeRules } from "../rules/put-rules.ts";
import type { ConnectionStore } from "../store/connection-store.ts";

/** Deletes a connection and everything kept of it. False when there is none. */
export async function deleteConnection(
  { store, redis }: { store: ConnectionStore; redis: RedisClient },
  connectionId: string,
): Promise<boolean> {
  if (!(await store.get(connectionId))) return false;
  // The record goes last: should this end half-way, the connection is still shown and can be deleted again.
  await forgetConnection({ redis, backend: createBackend(redis), connectionId });
  await store.remove(connectionId);
  // Not before the record: until then a worker may deliver, and must not do so without them.
  await removeRules(redis, connectionId);
  return true;
}
