import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { createApplyCommand } from "./apply-command.ts";
import { createCheckCommand } from "./check-command.ts";
import { createExportCommand } from "./export-command.ts";
import { createPreviewCommand } from "./preview-command.ts";

export function createRulesCommand(environment: Environment) {
  return createCommand("rules", {
    summary: "Export, check, preview and apply the rules of a connection",
    examples: ['npm run --silent cli -- rules export "Shop" > rules.json'],
  })
    .addCommand(createExportCommand(environment))
    .addCommand(createCheckCommand())
    .addCommand(createPreviewCommand(environment))
    .addCommand(createApplyCommand(environment));
}
