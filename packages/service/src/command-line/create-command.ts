import { Command, type CommandUnknownOpts, Help } from "@commander-js/extra-typings";
import type { EnvironmentVariableName } from "../environment/environment.ts";
import { formatSections } from "./format-sections.ts";
import { version } from "./version.ts";

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

/**
 * A command whose `--help` and errors look like those of every other command.
 * @param name as it is typed, such as "npm start --"; of a command within another its last word
 */
export function createCommand(name: string, about: CommandHelp): Command {
  const command = new Command(name);
  return command
    .summary(about.summary)
    .description([about.summary, about.description].filter(Boolean).join(". "))
    .helpOption("-h, --help", "print this help")
    .version(version, "--version", "print the version")
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

/** How its errors name it, such as "connections add", "intake" or "npm start". */
export function nameOf(command: CommandUnknownOpts): string {
  const [program = "", ...names] = lineage(command);
  return names.join(" ") || program.replace(/^npm run /, "").replace(/ --$/, "");
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
