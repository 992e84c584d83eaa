import { writeFile } from "node:fs/promises";
import { createCommand } from "@customerio-router/service";
import { openConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { formatConfig } from "./export/format-config.ts";
import { readInstallation } from "./plan/installation.ts";

export function createExportCommand(environment: Environment) {
  return createCommand("export", {
    summary: "Write the installation as a file that apply reads",
    description:
      "API Keys and other secrets become variables, which the head of the file lists. Write keys are in it as they are.",
    examples: [
      "npm run cli -- config export router.yaml",
      "npm run --silent cli -- config export --write-keys-as-variables > router.yaml",
    ],
    variables: storeVariables,
  })
    .argument("[file]", "where to write it (default: standard output)")
    .option("--write-keys-as-variables", "write variables in place of write keys too")
    .action(async (path, { writeKeysAsVariables = false }) => {
      await using open = await openConnections(environment);
      const text = await formatConfig(await readInstallation(open), { writeKeysAsVariables });
      if (path === undefined) process.stdout.write(text);
      else await writeFile(path, text, { mode: 0o600 });
    });
}
