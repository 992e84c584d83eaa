import type { Command } from "@commander-js/extra-typings";
import { createConnectionsCommand } from "./connections/connections-command.ts";
import { createCommand } from "./create-command.ts";
import type { Environment } from "./environment.ts";
import { createImportCommand } from "./import/import-command.ts";
import { createMapCommand } from "./map/map-command.ts";
import { createRekeyCommand } from "./rekey/rekey-command.ts";
import { createSpoolCommand } from "./spool/spool-command.ts";

/** The commands, in the order of `--help`. */
const commands = [
  createMapCommand,
  createImportCommand,
  createConnectionsCommand,
  createSpoolCommand,
  createRekeyCommand,
];

/** The whole command line: what runs, what `--help` prints, and what the README is tested against. */
export function createProgram(environment: Environment): Command {
  const program = createCommand("npm run cli --", {
    summary: "The command line of customerio-router",
    description: "Every command has its own --help.",
    examples: ["npm run cli -- import --help"],
  });
  for (const create of commands) program.addCommand(create(environment));
  return program;
}
