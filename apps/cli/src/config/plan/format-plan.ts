import type { Plan, Step } from "./step.ts";

const signs = { add: "+", change: "~", remove: "-" };

export function describeStep({ act, what }: Step): string {
  return `${signs[act]} ${what}`;
}

export function formatSteps(steps: readonly Step[]): string {
  return steps
    .flatMap((step) => [describeStep(step), ...step.details.map((detail) => `    ${detail}`)])
    .join("\n");
}

/** What the file does not name, for a person who may have forgotten it. */
export function formatLeft({ left }: Plan, path: string): string[] {
  return left.length === 0
    ? []
    : [
        `Left as they are, since ${path} does not name them (--prune removes them):`,
        ...left.map((one) => `    ${one}`),
      ];
}

export function planToJson({ steps, left }: Plan) {
  return { changes: steps.map(({ act, what, details }) => ({ act, what, details })), left };
}
