import { RE2JS } from "re2js";
import { ruleLimits } from "../limits.ts";

/** A pattern in RE2's syntax, which has neither backreferences nor lookaround, so that matching never backtracks for long. */
export type Pattern = {
  /** True when it matches anywhere in the text. */
  matches(text: string): boolean;
  /** Steps that a text of this length costs at most. */
  stepsFor(length: number): number;
};

export function compilePattern(text: string): Pattern | { problem: string } {
  const compiled = compile(text);
  if ("problem" in compiled) return compiled;
  const size = compiled.pattern.programSize();
  if (size > ruleLimits.patternSize) {
    return { problem: "The pattern is too large: repeat less, or split it into several rules." };
  }
  return {
    // `find` and not `test`, whose cache of states grows without bounds on patterns like `(a|b)*a(a|b){20}$`.
    matches: (searched) => compiled.pattern.matcher(searched).find(),
    stepsFor: (length) => size * length,
  };
}

function compile(text: string): { pattern: RE2JS } | { problem: string } {
  try {
    return { pattern: RE2JS.compile(text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `The pattern is not RE2: ${why.replace("error parsing regexp: ", "")}.` };
  }
}
