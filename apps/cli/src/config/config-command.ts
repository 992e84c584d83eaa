import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { createApplyCommand } from "./apply-command.ts";
import { createCheckCommand } from "./check-command.ts";
import { createDiffCommand } from "./diff-command.ts";
import { createExportCommand } from "./export-command.ts";

const commands = [createExportCommand, createCheckCommand, createDiffCommand, createApplyCommand];

export function createConfigCommand(environment: Environment) {
  const config = createCommand("config", {
    summary: "Keep sources, connections, rules and alerts in a file",
    description: "The file belongs into version control, and a pipeline can check and apply it",
    examples: ["npm run cli -- config export router.yaml"],
  });
  for (const create of commands) config.addCommand(create(environment));
  return config;
}
