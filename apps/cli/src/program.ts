import type { Command, CommandUnknownOpts } from "@commander-js/extra-typings";
import { createCommand } from "@customerio-router/service";
import type { Environment } from "./environment.ts";

/** The commands, in the order of `--help`. Each loads what it needs once it is asked for. */
const commands: { [name: string]: (environment: Environment) => Promise<CommandUnknownOpts> } = {
  map: async () => (await import("./map/map-command.ts")).createMapCommand(),
  import: async (environment) =>
    (await import("./import/import-command.ts")).createImportCommand(environment),
  connections: async (environment) =>
    (await import("./connections/connections-command.ts")).createConnectionsCommand(environment),
  rules: async (environment) => (await import("./rules/rules-command.ts")).createRulesCommand(environment),
  sources: async (environment) =>
    (await import("./sources/sources-command.ts")).createSourcesCommand(environment),
  config: async (environment) =>
    (await import("./config/config-command.ts")).createConfigCommand(environment),
  ledger: async (environment) =>
    (await import("./ledger/ledger-command.ts")).createLedgerCommand(environment),
  replay: async (environment) =>
    (await import("./replay/replay-command.ts")).createReplayCommand(environment),
  spool: async (environment) => (await import("./spool/spool-command.ts")).createSpoolCommand(environment),
  erase: async (environment) => (await import("./erase/erase-command.ts")).createEraseCommand(environment),
  person: async (environment) =>
    (await import("./person/person-command.ts")).createPersonCommand(environment),
  doctor: async (environment) =>
    (await import("./doctor/doctor-command.ts")).createDoctorCommand(environment),
  upgrade: async (environment) =>
    (await import("./upgrade/upgrade-command.ts")).createUpgradeCommand(environment),
  rekey: async (environment) => (await import("./rekey/rekey-command.ts")).createRekeyCommand(environment),
};

/**
 * The command line: what runs, what `--help` prints, and what the README is tested against.
 * @param only the name of a command, to have it alone; with any other text all commands are there
 */
export async function createProgram(environment: Environment, only = ""): Promise<Command> {
  const program = createCommand("npm run cli --", {
    summary: "The command line of customerio-router",
    description: "Every command has its own --help.",
    examples: ["npm run cli -- import --help"],
  });
  const named = Object.entries(commands).filter(([name]) => name === only);
  for (const [, create] of named.length > 0 ? named : Object.entries(commands)) {
    program.addCommand(await create(environment));
  }
  return program;
}
