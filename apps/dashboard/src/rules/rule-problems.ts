import type { RuleProblem } from "@customerio-router/rules";
import type { TextFields } from "../page/text-fields.ts";

/** Problems of rules by the fields of the form that they are shown at; what has no field of its own is at `rules`. */
export function ruleProblems(problems: readonly RuleProblem[]): TextFields {
  const entries = problems.map(({ field, message }): [string, string] => [formField(field), message]);
  // The first of a field counts.
  return Object.fromEntries(entries.toReversed());
}

function formField(field: string): string {
  const [, rule, part] = /^(rules\.\d+)\.(?:then\.)?(.+)$/.exec(field) ?? [];
  if (rule === undefined || part === undefined) return field === "salt" ? field : "rules";
  if (/^(remove|hash|set\.field|rename\.from)$/.test(part)) return `${rule}.field`;
  if (/^(set\.value|rename\.to|renameEvent|sample)$/.test(part)) return `${rule}.value`;
  return `${rule}.${/^(name|on|if)$/.test(part) ? part : "then"}`;
}
