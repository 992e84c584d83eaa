import { CommandError } from "../../command-error.ts";
import { explainError } from "../../explain-error.ts";
import { describeStep } from "./format-plan.ts";
import type { Step } from "./step.ts";

/** Saves one record after the other. @throws CommandError that says what was saved and what was not */
export async function runPlan(steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    try {
      await step.run();
    } catch (error) {
      throw new CommandError(
        [
          `${describeStep(step)}: ${await explainError(error)}`,
          ...list("Saved", steps.slice(0, index)),
          ...list("Not saved", steps.slice(index)),
          "Run it again once that is mended: it saves what is missing.",
        ].join("\n"),
      );
    }
  }
}

function list(title: string, steps: readonly Step[]): string[] {
  return steps.length === 0 ? [] : [`${title}:`, ...steps.map((step) => `  ${describeStep(step)}`)];
}
