import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { nameOf } from "@customerio-router/service";

/** A heading, what the command does, and a table of its arguments and options. */
export function formatCommand(command: CommandUnknownOpts): string {
  const help = command.createHelp();
  const rows = [
    ...help
      .visibleArguments(command)
      .map((argument) => [`<${argument.name()}>`, help.argumentDescription(argument)]),
    ...command.options
      .filter(({ long }) => long !== "--version")
      .map((option) => [option.flags, help.optionDescription(option)]),
  ].map(([term, description]) => `| \`${term}\` | ${description} |`);
  return [
    `### ${nameOf(command)}\n`,
    `${command.description().replace(/\.?$/, ".")}\n`,
    "| argument or option | meaning |",
    "| --- | --- |",
    ...rows,
  ].join("\n");
}
