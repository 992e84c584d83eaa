import { createCommand } from "@customerio-router/service";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { problemsError } from "../problems-error.ts";
import { readWriteKey } from "../read-write-key.ts";
import { findSource, noSource } from "./find-source.ts";
import { openSources } from "./open-sources.ts";

export function createAddKeyCommand(environment: Environment) {
  return createCommand("add-key", {
    summary: "Add a write key to a source; its other one stays valid",
    examples: [
      'npm run cli -- sources add-key "Shop, pages"',
      'npm run cli -- sources add-key "Shop, pages" --write-key - < write-key.txt',
    ],
    variables: storeVariables,
  })
    .argument("<source>", "its name or id")
    .option(
      "--write-key <key>",
      "a write key of your own (default: a generated one); - reads it from standard input. Everybody on the machine sees a key that is an argument",
    )
    .option("--json", "print JSON: id, key and createdAt")
    .action(async (nameOrId, { json, writeKey }) => {
      await using open = await openSources(environment);
      const ownKey = await readWriteKey(writeKey);
      const { id, name } = await findSource(open.sources, nameOrId);
      const saved = await open.sources.addWriteKey(id, ownKey);
      if (!saved) throw noSource(nameOrId);
      if (!saved.ok) throw problemsError(saved.problems);
      const { writeKey: added } = saved;
      printResult({ text: `${name}: added. Write key ${added.id}: ${added.key}`, json: added }, { json });
    });
}
