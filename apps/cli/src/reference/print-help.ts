// Prints what every command prints with `--help`, each below its name; `npm run docs` writes that into scripts/set-up/help.txt.
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { createProgram } from "../program.ts";

function printHelp(command: CommandUnknownOpts, path: string): void {
  console.log(`=== ${path}`);
  command.configureOutput({ writeOut: (text) => process.stdout.write(text) }).outputHelp();
  for (const each of command.commands) printHelp(each, `${path} ${each.name()}`);
}

printHelp(await createProgram({}), "apps/cli/src/main.ts");
