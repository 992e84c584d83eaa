import { createRuleStore } from "@customerio-router/connections";
import { createCommand } from "@customerio-router/service";
import { openConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";

export function createExportCommand(environment: Environment) {
  return createCommand("export", {
    summary: "Print a connection's rules as JSON",
    description: "The salt of hashes is not part of it.",
    examples: ['npm run --silent cli -- rules export "Shop" > rules.json'],
    variables: storeVariables,
  })
    .argument("<connection>", "its name or id")
    .action(async (nameOrId) => {
      await using open = await openConnections(environment);
      const { id } = await findConnection(open.store, nameOrId);
      const { version = 0, rules = [] } = (await createRuleStore(open).read(id)) ?? {};
      console.log(JSON.stringify({ version, rules }, undefined, 2));
    });
}
