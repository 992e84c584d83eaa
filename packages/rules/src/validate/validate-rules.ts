import { isObject } from "@customerio-router/messages";
import { compileCondition } from "../condition/compile-condition.ts";
import { ruleLimits } from "../limits.ts";
import type { Action, Rule, RuleList, RuleProblem } from "../rule.ts";
import { findActionProblem } from "./find-action-problem.ts";

export type ValidatedRules = { ok: true; list: RuleList } | { ok: false; problems: RuleProblem[] };

/** Checks a list of rules and tells every problem at once, one for each field. A rule is on unless it says otherwise. */
export function validateRules(value: unknown): ValidatedRules {
  if (!isObject(value)) return refuse({ field: "", message: "Send an object with `version` and `rules`." });
  const problems = unknownFields(value, ["version", "rules"], "");
  const { version, rules } = value;
  if (!Number.isSafeInteger(version) || (version as number) < 0) {
    const message = "`version` must be that of the list you changed: a whole number, 0 for the first one.";
    problems.push({ field: "version", message });
  }
  if (!Array.isArray(rules)) {
    problems.push({ field: "rules", message: "`rules` must be a list." });
    return { ok: false, problems };
  }
  if (rules.length > ruleLimits.rules) {
    problems.push({ field: "rules", message: `A connection may have at most ${ruleLimits.rules} rules.` });
    return { ok: false, problems };
  }
  const read = rules.map((rule, at) => readRule(rule, `rules.${at}`, problems));
  problems.push(...repeatedNames(read));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, list: { version: version as number, rules: read as Rule[] } };
}

function refuse(...problems: RuleProblem[]): ValidatedRules {
  return { ok: false, problems };
}

/** Adds what is wrong to `problems`; what it returns is then no rule. */
function readRule(rule: unknown, field: string, problems: RuleProblem[]): Partial<Rule> {
  if (!isObject(rule)) {
    problems.push({ field, message: "A rule must be an object with `name` and `then`." });
    return {};
  }
  problems.push(...unknownFields(rule, ["name", "on", "if", "then"], field));
  const { name, on = true, if: condition = "", then } = rule;
  const found = { name: findNameProblem(name), on: findOnProblem(on), if: findConditionProblem(condition) };
  for (const [part, message] of Object.entries(found)) {
    if (message !== undefined) problems.push({ field: `${field}.${part}`, message });
  }
  const inAction = findActionProblem(then, `${field}.then`);
  if (inAction) problems.push(inAction);
  return { name: String(name).trim(), on: on === true, if: String(condition).trim(), then: then as Action };
}

function unknownFields(value: object, known: readonly string[], field: string): RuleProblem[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      field: [field, name].filter(Boolean).join("."),
      message: `Unknown: only ${known.map((one) => `\`${one}\``).join(", ")} are known here.`,
    }));
}

function findNameProblem(name: unknown): string | undefined {
  if (typeof name !== "string" || name.trim() === "")
    return "Name the rule: messages that it drops show its name.";
  if (name.trim().length > ruleLimits.nameLength) {
    return `A name may have at most ${ruleLimits.nameLength} characters.`;
  }
  return /\p{Cc}/u.test(name) ? "The name contains control characters." : undefined;
}

function findOnProblem(on: unknown): string | undefined {
  return typeof on === "boolean" ? undefined : "`on` must be true or false.";
}

function findConditionProblem(condition: unknown): string | undefined {
  if (typeof condition !== "string")
    return "`if` must be a condition in CEL as text, or empty for every message.";
  if (condition.trim() === "") return undefined;
  const compiled = compileCondition(condition);
  return compiled.ok ? undefined : `Character ${compiled.problem.at + 1}: ${compiled.problem.message}`;
}

function repeatedNames(rules: Partial<Rule>[]): RuleProblem[] {
  const names = rules.map(({ name }) => name);
  return names.flatMap((name, at) =>
    name !== undefined && names.indexOf(name) < at
      ? [{ field: `rules.${at}.name`, message: "Another rule of this list has this name." }]
      : [],
  );
}
