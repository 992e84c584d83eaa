import { createCommand } from "@customerio-router/service";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { openPlan } from "./open-plan.ts";
import { formatLeft, formatSteps, planToJson } from "./plan/format-plan.ts";

export function createDiffCommand(environment: Environment) {
  return createCommand("diff", {
    summary: "Show what apply would change",
    description: "Saves nothing and asks Customer.io nothing. Secrets are compared and never printed.",
    examples: [
      "npm run cli -- config diff router.yaml",
      "npm run --silent cli -- config diff router.yaml --prune --json",
    ],
    variables: storeVariables,
    exitCode1: "the file has problems",
    exitCode2: "there are differences",
  })
    .argument("<file>", "the file, such as router.yaml")
    .option("--prune", "show also what --prune would remove")
    .option("--json", "print JSON: changes, and what is left since the file does not name it")
    .action(async (path, { prune = false, json }) => {
      await using open = await openPlan(path, environment, { isPruning: prune, keys: "compare" });
      const { plan } = open;
      const text = [
        plan.steps.length === 0 ? "No difference." : formatSteps(plan.steps),
        ...formatLeft(plan, path),
      ].join("\n");
      printResult({ text, json: planToJson(plan) }, { json });
      if (plan.steps.length > 0) process.exitCode = 2;
    });
}
