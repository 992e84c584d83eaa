import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { readConfigFile } from "./file/read-config-file.ts";

export function createCheckCommand(environment: Environment) {
  return createCommand("check", {
    summary: "Check a file as a whole, without Redis",
    description:
      "Prints every problem with its line and column. The variables that the file names must be set. What the file refers to and does not have is compared with the installation by diff and apply.",
    examples: ["npm run cli -- config check router.yaml"],
    exitCode1: "the file has problems",
  })
    .argument("<file>", "the file, such as router.yaml")
    .option("--json", "print JSON: the number of entries of each section")
    .action(async (path, options) => {
      const { file } = await readConfigFile(path, environment);
      const json = {
        sources: file.sources?.length ?? 0,
        connections: file.connections?.length ?? 0,
        channels: file.alerts.channels?.length ?? 0,
      };
      const text = `${path}: no problem. Sources: ${json.sources}, connections: ${json.connections}, alert channels: ${json.channels}.`;
      printResult({ text, json }, options);
    });
}
