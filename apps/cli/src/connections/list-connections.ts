import { type ConnectionOverview, explainState, readOverview } from "@customerio-router/connections";
import { createBackend } from "@customerio-router/queue";
import { createCommand } from "../create-command.ts";
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
      const overviews = await Promise.all(
        (await open.store.list()).map((connection) =>
          readOverview({ redis, connection, queue: backend.queue(connection.id) }),
        ),
      );
      printResult({ text: format(overviews), json: overviews }, options);
    });
}

function format(overviews: ConnectionOverview[]): string {
  const rows = overviews.map(({ connection, state, waiting, failed }) => [
    connection.name,
    connection.id,
    connection.region,
    state.state,
    String(waiting),
    String(failed),
    state.state === "active" ? "" : explainState(state),
  ]);
  return formatTable(["Name", "Id", "Region", "State", "Jobs waiting", "Jobs failed", ""], rows);
}
