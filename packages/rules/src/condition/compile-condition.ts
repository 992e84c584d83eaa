import { type ASTNode, Environment, ParseError, TypeError as TypeProblem } from "@marcbachmann/cel-js";
import { ruleLimits } from "../limits.ts";
import { buildCondition, type ConditionProblem } from "./build.ts";
import type { Failed } from "./failed.ts";
import { asBoolean } from "./logic.ts";
import { mixedNumbers } from "./operators.ts";
import type { Scope } from "./read.ts";

/** True when the condition matches the message; `Failed` says why it could not be evaluated. Never throws. */
export type Condition = (scope: Scope) => boolean | Failed;

export type CompiledCondition = { ok: true; condition: Condition } | { ok: false; problem: ConditionProblem };

/** The engine parses and checks types; what it makes of them is not used: see `buildCondition`. */
const environment = new Environment({
  limits: {
    maxAstNodes: ruleLimits.conditionNodes,
    maxDepth: ruleLimits.conditionDepth,
    maxListElements: 200,
    maxMapEntries: 0,
    maxCallArguments: 4,
  },
}).registerVariable("message", "map");

/** Compiles a condition, or says what is wrong at which character. */
export function compileCondition(text: string): CompiledCondition {
  if (text.length > ruleLimits.conditionLength) {
    const message = `A condition may have at most ${ruleLimits.conditionLength.toLocaleString("en")} characters.`;
    return { ok: false, problem: { at: ruleLimits.conditionLength, message } };
  }
  const checked = check(text);
  if (!checked.ok) return checked;
  const { read, problems } = buildCondition(checked.tree);
  const [problem] = problems;
  if (problem) return { ok: false, problem };
  return { ok: true, condition: (scope) => asBoolean(read(scope), "A condition") };
}

function check(text: string): { ok: true; tree: ASTNode } | { ok: false; problem: ConditionProblem } {
  try {
    const parsed = environment.parse(text);
    const { type, error } = parsed.check();
    if (error) throw error;
    if (type !== "bool" && type !== "dyn") {
      const message = `A condition must be true or false, and this is of type ${type}: compare it with something.`;
      return { ok: false, problem: { at: 0, message } };
    }
    return { ok: true, tree: parsed.ast };
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof TypeProblem)) throw error;
    return { ok: false, problem: { at: error.range?.start ?? 0, message: describe(error) } };
  }
}

/** The engine's summary as a sentence, with what to do where an integer meets a double. */
function describe({ summary }: ParseError | TypeProblem): string {
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return /\bint\b.*\bdouble\b|\bdouble\b.*\bint\b/.test(summary) ? `${sentence} ${mixedNumbers}` : sentence;
}
