import type { Help } from "@commander-js/extra-typings";
import { environmentVariables } from "../environment/environment.ts";
import type { EnvironmentVariable } from "../environment/environment-variable.ts";
import type { CommandHelp } from "./create-command.ts";

/** What `--help` says below arguments, options and commands. */
export function formatSections(
  { variables = [], examples, exitCode1, exitCode2 }: CommandHelp,
  help: Help,
): string {
  const width = Math.max(...variables.map((name) => name.length));
  const environment = variables.map((name) =>
    help.formatItem(name, width, describe(environmentVariables[name]), help),
  );
  const failed = `failed or wrongly used, and standard error says why${exitCode1 ? `; or ${exitCode1}` : ""}`;
  return [
    ...help.formatItemList("Environment:", environment, help),
    ...help.formatItemList(
      "Examples:",
      examples.map((example) => `  ${example}`),
      help,
    ),
    ...help.formatItemList(
      "Exit codes:",
      [
        help.formatItem("0", 1, "done", help),
        help.formatItem("1", 1, failed, help),
        ...(exitCode2 ? [help.formatItem("2", 1, exitCode2, help)] : []),
      ],
      help,
    ),
  ].join("\n");
}

function describe({ description, default: standard }: EnvironmentVariable): string {
  return `${description.replaceAll("`", "")}${standard === undefined ? "" : ` (default: ${standard})`}`;
}
