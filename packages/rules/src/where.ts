import { isObject } from "@customerio-router/messages";
import { compileCondition } from "./condition/compile-condition.ts";
import { fillUp } from "./condition/fuel.ts";

/** `at`: which character, from 0. */
export type Where =
  | { ok: true; matches: (message: unknown) => boolean }
  | { ok: false; problem: { at: number; message: string } };

/** A condition by which messages are searched; one that cannot be evaluated on a message does not match it. */
export function compileWhere(text: string): Where {
  const compiled = compileCondition(text);
  if (!compiled.ok) return compiled;
  const { condition } = compiled;
  return {
    ok: true,
    matches: (message) =>
      isObject(message) && condition({ message, entry: undefined, fuel: fillUp() }) === true,
  };
}

/** What is wrong with a condition, and where; undefined when nothing is. */
export function findWhereProblem(text: string): string | undefined {
  const where = compileWhere(text);
  return where.ok ? undefined : `${where.problem.message} (character ${where.problem.at + 1})`;
}
