import { createCommand } from "@customerio-router/service";
import { confirm } from "../confirm.ts";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { openPlan } from "./open-plan.ts";
import { formatLeft, formatSteps, planToJson } from "./plan/format-plan.ts";
import { runPlan } from "./plan/run-plan.ts";
import type { Step } from "./plan/step.ts";

export function createApplyCommand(environment: Environment) {
  return createCommand("apply", {
    summary: "Make the installation as the file says",
    description:
      "Checks everything first, API Keys that change with Customer.io too, and saves nothing if there is a problem. Applying a file twice changes nothing. What the file does not name is left.",
    examples: [
      "npm run cli -- config apply router.yaml",
      "npm run cli -- config apply router.yaml --prune --yes",
    ],
    variables: storeVariables,
    exitCode1: "the file has problems, and nothing was saved",
  })
    .argument("<file>", "the file, such as router.yaml")
    .option("--prune", "remove what the file does not name, after a list and a question")
    .option("--yes", "remove without a question")
    .option("--no-check", "save keys without asking Customer.io whether they are good")
    .option("--json", "print JSON: changes, and what is left since the file does not name it")
    .action(async (path, { prune = false, yes, check, json }) => {
      const keys = check ? "ask" : "trust";
      await using open = await openPlan(path, environment, { isPruning: prune, keys });
      const { plan } = open;
      if (!yes) await confirmPruning(plan.steps);
      await runPlan(plan.steps);
      const changes = plan.steps.length === 0 ? "Nothing to change." : `${formatSteps(plan.steps)}\nApplied.`;
      printResult(
        { text: [changes, ...formatLeft(plan, path)].join("\n"), json: planToJson(plan) },
        { json },
      );
    });
}

/** @throws CommandError where the answer is no, or nobody can answer */
async function confirmPruning(steps: readonly Step[]): Promise<void> {
  const pruning = steps.filter(({ isPruning }) => isPruning);
  if (pruning.length === 0) return;
  console.error(`The file does not name this, and --prune removes it:\n${formatSteps(pruning)}`);
  await confirm(["Remove it?"]);
}
