import {
  type Connection,
  type ConnectionOverview,
  readOverviews,
  type ShownSource,
  senderOf,
} from "@customerio-router/connections";
import type { ApiContext } from "./api-context.ts";
import { isoTime } from "./iso-time.ts";

/** A connection as the API gives it; `undefined` when there is none. */
export async function readConnectionView(context: ApiContext, id: string) {
  const connection = await context.store.get(id);
  if (!connection) return undefined;
  const [view] = await readConnectionViews(context, [connection]);
  return view;
}

export async function readConnectionViews({ redis, queues, sources }: ApiContext, connections: Connection[]) {
  const { overviews } = await readOverviews({ redis, connections, queueOf: queues.of });
  const all = await sources.list();
  return overviews.map((overview) =>
    toView(
      overview,
      all.filter((source) => source.connections.includes(overview.connection.id)),
    ),
  );
}

function toView({ connection, ...overview }: ConnectionOverview, sources: ShownSource[]) {
  const writeKey = senderOf(connection.id, sources)?.writeKey;
  const { state, oldestWaitingAtMs, nextTryAtMs, ...rest } = overview;
  return {
    ...connection,
    ...(writeKey !== undefined && { writeKey }),
    sources: sources.map(({ id }) => id),
    state: state.state,
    ...("why" in state && { why: state.why }),
    ...("tries" in state && { tries: state.tries }),
    ...("sinceMs" in state && state.sinceMs !== undefined && { retryingSince: isoTime(state.sinceMs) }),
    ...(nextTryAtMs !== undefined && { nextTryAt: isoTime(nextTryAtMs) }),
    ...(oldestWaitingAtMs !== undefined && { oldestWaitingAt: isoTime(oldestWaitingAtMs) }),
    ...rest,
  };
}
