import { archiveVariables } from "@customerio-router/archive";
import { allConnections, type Connection } from "@customerio-router/connections";
import { createCommand, readSecretArgument } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { openConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { exportPerson } from "./export-person.ts";

const variables = [...storeVariables, ...archiveVariables] as const;

export function createPersonCommand(environment: Environment) {
  return createCommand("person", {
    summary: "Export what is kept of a person",
    examples: ["npm run --silent cli -- person export --person 42 > 42.ndjson"],
  }).addCommand(createExportCommand(environment));
}

function createExportCommand(environment: Environment) {
  return createCommand("export", {
    summary: "Print every message of a person that Redis and the archive have, one JSON object per line",
    description:
      "Waiting and failed messages, records, and lines of the archive, with what was sent to Customer.io. A summary goes to standard error. It does not reach the spools of intakes and what Customer.io has",
    examples: [
      "npm run --silent cli -- person export --person ada@example.com --connection Shop",
      "npm run --silent cli -- person export --person - < person.txt",
    ],
    variables,
  })
    .requiredOption(
      "--person <person>",
      "id or email address, or a key such as anonymous_id:x; - reads it from standard input",
    )
    .option("--connection <connection>", "name or id of a connection, or all", allConnections)
    .action(async ({ person, connection }) => {
      await using open = await openConnections(environment);
      const connections: Connection[] =
        connection === allConnections
          ? await open.store.list()
          : [await findConnection(open.store, connection)];
      const text = await readSecretArgument(person);
      if (text === undefined) throw new CommandError("give --person.");
      await exportPerson({ environment, redis: open.redis, connections, person: text });
    });
}
