import { type Connection, type ConnectionOverview, readOverviews } from "@customerio-router/connections";
import type { ApiContext } from "./api-context.ts";
import { isoTime } from "./iso-time.ts";

/** A connection as the API gives it; `undefined` when there is none. */
export async function readConnectionView(context: ApiContext, id: string) {
  const connection = await context.store.get(id);
  if (!connection) return undefined;
  const [view] = await readConnectionViews(context, [connection]);
  return view;
}

export async function readConnectionViews({ redis, queues }: ApiContext, connections: Connection[]) {
  const { overviews } = await readOverviews({ redis, connections, queueOf: queues.of });
  return overviews.map(toView);
}

function toView({ connection, ...overview }: ConnectionOverview) {
  const { state, oldestWaitingAtMs, nextTryAtMs, ...rest } = overview;
  return {
    ...connection,
    state: state.state,
    ...("why" in state && { why: state.why }),
    ...("tries" in state && { tries: state.tries }),
    ...("sinceMs" in state && state.sinceMs !== undefined && { retryingSince: isoTime(state.sinceMs) }),
    ...(nextTryAtMs !== undefined && { nextTryAt: isoTime(nextTryAtMs) }),
    ...(oldestWaitingAtMs !== undefined && { oldestWaitingAt: isoTime(oldestWaitingAtMs) }),
    ...rest,
  };
}
