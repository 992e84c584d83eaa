import { type ConnectionOverview, readOverviews } from "@customerio-router/connections";
import { createBackend } from "@customerio-router/queue";
import { explainState, nameState } from "@customerio-router/reports";
import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { formatTable } from "../format-table.ts";
import { printResult } from "../print-result.ts";
import { openConnections, storeVariables } from "./open-connections.ts";

export function createListCommand(environment: Environment) {
  return createCommand("list", {
    summary: "List all connections with their states",
    examples: ["npm run cli -- connections list", "npm run --silent cli -- connections list --json"],
    variables: storeVariables,
  })
    .option("--json", "print JSON, write keys included")
    .action(async (options) => {
      await using open = await openConnections(environment);
      const { redis } = open;
      const backend = createBackend(redis);
      const connections = await open.store.list();
      const { overviews } = await readOverviews({ redis, connections, queueOf: (id) => backend.queue(id) });
      printResult({ text: format(overviews), json: overviews }, options);
    });
}

function format(overviews: ConnectionOverview[]): string {
  const rows = overviews.map(({ connection, state, messagesWaiting, messagesFailed }) => [
    connection.name,
    connection.id,
    connection.region,
    state.state === "needs-attention" ? "Needs attention" : nameState(state),
    String(messagesWaiting),
    String(messagesFailed),
    state.state === "active" ? "" : explainState(state),
  ]);
  return formatTable(["Name", "Id", "Region", "State", "Messages waiting", "Messages failed", ""], rows);
}
