import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { problemsError } from "../problems-error.ts";
import { findSource } from "./find-source.ts";
import { openSources } from "./open-sources.ts";

export function createRetireKeyCommand(environment: Environment) {
  return createCommand("retire-key", {
    summary: "Retire a write key of a source: calls with it are refused",
    examples: ['npm run cli -- sources retire-key "Shop, pages" k0123abcd'],
    variables: storeVariables,
  })
    .argument("<source>", "its name or id")
    .argument("<key-id>", "the write key's id, as sources list prints it")
    .option("--json", "print JSON")
    .action(async (nameOrId, keyId, options) => {
      await using open = await openSources(environment);
      const { id, name } = await findSource(open.sources, nameOrId);
      const saved = await open.sources.retireWriteKey(id, keyId);
      if (!saved)
        throw new CommandError(
          `${name} has no write key with the id ${JSON.stringify(keyId)}: see npm run cli -- sources list`,
        );
      if (!saved.ok) throw problemsError(saved.problems);
      printResult({ text: `${name}: retired ${keyId}.`, json: { id, name, keyId, retired: true } }, options);
    });
}
