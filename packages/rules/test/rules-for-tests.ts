import assert from "node:assert/strict";
import { type Applied, applyRules, compileRules, type Rule, validateRules } from "../src/index.ts";

/** A list of valid rules, each with what makes it what it is; names are `rule 1`, `rule 2` and so on. */
export function rulesOf(...rules: Partial<Rule>[]): Rule[] {
  const named = rules.map((rule, at) => ({ name: `rule ${at + 1}`, ...rule }));
  const validated = validateRules({ version: 0, rules: named });
  assert.ok(validated.ok, JSON.stringify(validated));
  return validated.list.rules;
}

type Options = { treated?: readonly string[]; salt?: string };

export function apply(rules: Partial<Rule>[], message: unknown, { treated, salt }: Options = {}): Applied {
  const compiled = compileRules(rulesOf(...rules), { salt });
  assert.ok(compiled);
  return applyRules(compiled, message, treated && { treated });
}

/** The message that comes out of rules that drop nothing and do not fail. */
export function changed(rules: Partial<Rule>[], message: unknown, options?: Options): unknown {
  const applied = apply(rules, message, options);
  assert.equal(applied.kind, "message");
  assert.deepEqual(applied.failed, []);
  return applied.kind === "message" && applied.message;
}
