import { readOverview } from "@customerio-router/connections";
import type { ApiContext } from "./api-context.ts";

/** A connection as the API gives it; `undefined` when there is none. */
export async function readConnectionView({ store, redis, queues }: ApiContext, id: string) {
  const connection = await store.get(id);
  if (!connection) return undefined;
  const overview = await readOverview({ redis, connection, queue: queues.of(id) });
  const { state, waiting, failed, oldestWaitingAt, lastFailure, deliveredPerMinute } = overview;
  return {
    ...connection,
    state,
    jobsWaiting: waiting,
    jobsFailed: failed,
    oldestWaitingAt,
    lastFailure,
    deliveredPerMinute,
  };
}
