import { deleteConnection } from "@customerio-router/connections";
import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { printResult } from "../print-result.ts";
import { openConnections, storeVariables } from "./open-connections.ts";

export function createRemoveCommand(environment: Environment) {
  return createCommand("remove", {
    summary: "Delete a connection and its waiting messages",
    examples: ['npm run cli -- connections remove "Shop" --yes'],
    variables: storeVariables,
  })
    .argument("<connection>", "its name or id")
    .option("--yes", "confirm that its messages are deleted; refused without it")
    .option("--json", "print JSON")
    .action(async (nameOrId, { yes, json }) => {
      await using open = await openConnections(environment);
      const { id, name } = await findConnection(open.store, nameOrId);
      if (!yes)
        throw new CommandError(`remove deletes ${name} and its waiting messages: confirm with --yes.`);
      await deleteConnection(open, id);
      printResult({ text: `${name}: removed.`, json: { id, name, removed: true } }, { json });
    });
}
