import { Command, type CommandUnknownOpts, Help } from "@commander-js/extra-typings";
import type { EnvironmentVariableName } from "@customerio-router/service";
import { formatSections } from "./format-sections.ts";

export type CommandHelp = {
  /** For the list of commands: one line. */
  summary: string;
  /** What more there is to know. */
  description?: string;
  /** Command lines. */
  examples: string[];
  /** The variables of the environment that it reads. */
  variables?: readonly EnvironmentVariableName[];
  /** When the exit code is 1, beside a failure or wrong usage. */
  exitCode1?: string;
  /** When the exit code is 2. */
  exitCode2?: string;
};

/** A command whose `--help` and errors look like those of every other command. */
export function createCommand(name: string, about: CommandHelp): Command {
  const command = new Command(name);
  return command
    .summary(about.summary)
    .description([about.summary, about.description].filter(Boolean).join(". "))
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      outputError: (message, write) => write(`${nameOf(command)}: ${toSentence(message)} ${hint(command)}\n`),
    })
    .configureHelp({
      formatHelp: (shown, help) =>
        `${Help.prototype.formatHelp.call(help, shown, help)}\n${formatSections(about, help)}`,
    });
}

/** Its name as it is typed, such as "connections add". */
export function nameOf(command: CommandUnknownOpts): string {
  return lineage(command).slice(1).join(" ") || "cli";
}

function hint(command: CommandUnknownOpts): string {
  return `See ${lineage(command).join(" ")} --help`;
}

function lineage(command: CommandUnknownOpts): string[] {
  return [...(command.parent ? lineage(command.parent) : []), command.name()];
}

/** Commander's errors begin with "error: " and have what is meant on a line of its own. */
function toSentence(message: string): string {
  const text = message.trim().replace(/^error: /, "");
  const [problem = "", meant] = text.split(/\n\((?=Did you mean)/);
  return `${problem.replace(/\.$/, "")}.${meant ? ` ${meant.replace(/\)$/, "")}` : ""}`;
}
