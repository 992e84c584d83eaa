import { testConnection } from "@customerio-router/connections";
import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { printResult } from "../print-result.ts";
import { openConnections, storeVariables } from "./open-connections.ts";

export function createTestCommand(environment: Environment) {
  return createCommand("test", {
    summary: "Check a connection's keys with Customer.io",
    examples: ['npm run cli -- connections test "Shop"'],
    variables: storeVariables,
    exitCode1: "the keys are not good",
  })
    .argument("<connection>", "its name or id")
    .option("--json", "print JSON")
    .action(async (nameOrId, options) => {
      await using open = await openConnections(environment);
      const connection = await findConnection(open.store, nameOrId);
      const { ok, message } = await testConnection(open, connection);
      const text = `${connection.name}: ${message}`;
      if (!ok) throw new CommandError(text);
      printResult({ text, json: { id: connection.id, name: connection.name, ok, message } }, options);
    });
}
