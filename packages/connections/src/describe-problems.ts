import type { z } from "zod";
import type { ConnectionProblem } from "./connection.ts";

/** What a schema found, in the order of its fields. */
export function describeProblems({ issues }: z.ZodError): ConnectionProblem[] {
  return issues.map(toProblem);
}

function toProblem(issue: z.core.$ZodIssue): ConnectionProblem {
  const field = issue.path.map(String).join(".");
  const unknown = issue.code === "unrecognized_keys" ? issue.keys : [];
  if (unknown.length > 0) {
    return {
      field: [field, unknown[0]].filter(Boolean).join("."),
      message: `Unknown: ${unknown.join(", ")}.`,
    };
  }
  return { field, message: issue.message };
}

/** The first one of each field. */
export function onePerField(problems: ConnectionProblem[]): ConnectionProblem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.field, problem])).values()].reverse();
}
