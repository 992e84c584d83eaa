import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { nameOf } from "@customerio-router/service";
import { auditCommands } from "./audit/audit-commands.ts";
import type { Environment } from "./environment.ts";
import { explainError } from "./explain-error.ts";
import { createProgram } from "./program.ts";

/** Runs what the arguments say. A failure sets the exit code, and its reason goes to standard error. */
export async function runCli({
  args,
  environment,
}: {
  args: string[];
  environment: Environment;
}): Promise<void> {
  const program = await createProgram(environment, args[0]);
  auditCommands(program, environment);
  let running: CommandUnknownOpts = program;
  program.hook("preAction", (_program, command) => {
    running = command;
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    // Commander has printed its help or its error.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    if (!(error instanceof CommanderError)) console.error(`${nameOf(running)}: ${await explainError(error)}`);
    process.exitCode = 1;
  }
}
