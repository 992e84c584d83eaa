import { createBackend, forgetConnection } from "@customerio-router/queue";
import type { ConnectionsContext } from "./connections-context.ts";

/** Deletes a connection and everything kept of it. False when there is none. */
export async function deleteConnection(
  { store, redis }: Pick<ConnectionsContext, "store" | "redis">,
  connectionId: string,
): Promise<boolean> {
  // The intake takes nothing more for it before what it took is deleted.
  if (!(await store.remove(connectionId))) return false;
  await forgetConnection({ redis, backend: createBackend(redis), connectionId });
  return true;
}
