export { type Applied, applyRules, type FailedRule } from "./apply-rules.ts";
export { type CompiledRules, compileRules, intakeRules } from "./compile-rules.ts";
export { ruleLimits } from "./limits.ts";
export { type Action, type Rule, type RuleList, type RuleProblem, ruleOfReason, ruleReason } from "./rule.ts";
export { treatEntry } from "./treat-entry.ts";
export { validateRules } from "./validate/validate-rules.ts";
export { compileWhere, findWhereProblem } from "./where.ts";
