import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** The commands that do something; the others are groups of them. */
export function leavesOf(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}
