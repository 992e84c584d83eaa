import { type Act, type ActionOptions, compileAction } from "./actions/compile-action.ts";
import { type Condition, compileCondition } from "./condition/compile-condition.ts";
import type { Rule } from "./rule.ts";

type CompiledRule = {
  name: string;
  /** `undefined`: every message. */
  condition: Condition | undefined;
  act: Act;
  /** The path that is hashed or removed. */
  treats: string | undefined;
  /** Whether it puts a value where there may have been none. */
  moves: boolean;
};

/** A list of rules, ready to run on any number of messages. */
export type CompiledRules = {
  /** Remove or hash a field of every message: they run first, at intake and again in the worker. */
  first: readonly CompiledRule[];
  /** All of them in their order, without those of `first` that would find nothing new. */
  ordered: readonly CompiledRule[];
};

/** Compiles the rules that are on; `undefined` when none is. @throws Error for a condition that `validateRules` refuses */
export function compileRules(rules: readonly Rule[], options: ActionOptions = {}): CompiledRules | undefined {
  const compiled = rules.filter(({ on }) => on).map((rule) => compileRule(rule, options));
  if (compiled.length === 0) return undefined;
  const firstMove = compiled.findIndex(({ moves }) => moves);
  const isNews = (rule: CompiledRule, at: number) => !isForIntake(rule) || (firstMove >= 0 && firstMove < at);
  return { first: compiled.filter(isForIntake), ordered: compiled.filter(isNews) };
}

/** The rules that run before anything is kept; `undefined` when there are none. */
export function intakeRules({ first }: CompiledRules): CompiledRules | undefined {
  return first.length > 0 ? { first, ordered: [] } : undefined;
}

function compileRule({ name, if: condition, then }: Rule, options: ActionOptions): CompiledRule {
  const moves = "rename" in then || "set" in then;
  return { name, condition: compileIf(name, condition), ...compileAction(then, options), moves };
}

function compileIf(name: string, text: string): Condition | undefined {
  if (text.trim() === "") return undefined;
  const compiled = compileCondition(text);
  if (compiled.ok) return compiled.condition;
  throw new Error(`The condition of the rule "${name}" is invalid: ${compiled.problem.message}`);
}

function isForIntake({ condition, treats }: CompiledRule): boolean {
  return condition === undefined && treats !== undefined;
}
