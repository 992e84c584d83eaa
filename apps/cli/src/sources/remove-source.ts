import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { findSource } from "./find-source.ts";
import { openSources } from "./open-sources.ts";

export function createRemoveCommand(environment: Environment) {
  return createCommand("remove", {
    summary: "Delete a source: its callers are refused, what was received is delivered",
    examples: ['npm run cli -- sources remove "Shop, pages" --yes'],
    variables: storeVariables,
  })
    .argument("<source>", "its name or id")
    .option("--yes", "confirm that its callers are refused; refused without it")
    .option("--json", "print JSON")
    .action(async (nameOrId, { yes, json }) => {
      await using open = await openSources(environment);
      const { id, name } = await findSource(open.sources, nameOrId);
      if (!yes)
        throw new CommandError(`callers with a write key of ${name} are refused: confirm with --yes.`);
      await open.sources.remove(id);
      printResult({ text: `${name}: removed.`, json: { id, name, removed: true } }, { json });
    });
}
