import type { Connection, ConnectionStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import {
  type ConnectionReport,
  explainState,
  nameState,
  readReports,
  type SituationName,
} from "@customerio-router/reports";
import { type Finding, good, wrongAsIn } from "./finding.ts";

/** How the delivery of each connection stands. */
export async function checkStates(
  redis: RedisClient,
  store: Pick<ConnectionStore, "list" | "listBroken">,
): Promise<Finding[]> {
  const [connections, broken] = await Promise.all([store.list(), store.listBroken()]);
  const ids = connections.map(({ id }) => id);
  const { workers, connections: reports } = await readReports(redis, ids);
  if (connections.length + broken.length === 0) return [good("Connections", "There is none yet.")];
  return [
    ...reports.map((report, index) =>
      ofReport(connections[index] as Connection, report, workers.length > 0 ? "no-owner" : "no-worker"),
    ),
    ...broken.map(({ id, why }) =>
      wrongAsIn(`Connection ${id}`, {
        name: "needs-attention",
        detail: `Its record in Redis cannot be read (${why}).`,
      }),
    ),
  ];
}

function ofReport(
  { name }: Connection,
  { state, messagesWaiting }: ConnectionReport,
  withoutOwner: SituationName,
): Finding {
  const check = `Connection ${name}`;
  const waiting = messagesWaiting === 1 ? "1 message waits." : `${messagesWaiting} messages wait.`;
  switch (state.state) {
    case "active":
    case "unverified":
    case "shadow":
    case "paused":
      return good(check, `${nameState(state)}; ${waiting} ${explainState(state)}`);
    case "no-worker":
      return wrongAsIn(check, { name: withoutOwner, detail: waiting });
    default:
      return wrongAsIn(check, { name: state.state, detail: `${nameState(state)}; ${waiting} ${state.why}` });
  }
}
