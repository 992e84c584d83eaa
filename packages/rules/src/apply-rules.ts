import { isObject } from "@customerio-router/messages";
import type { State } from "./actions/state.ts";
import type { CompiledRules } from "./compile-rules.ts";
import { Failed } from "./condition/failed.ts";
import { fillUp } from "./condition/fuel.ts";
import type { Scope } from "./condition/read.ts";

/** A rule whose condition could not be evaluated on a message, which it therefore left as it was. */
export type FailedRule = { rule: string; message: string };

export type Applied = {
  /** The names of the rules that changed or dropped the message, in the order in which they ran. */
  touched: readonly string[];
  failed: readonly FailedRule[];
} & (
  | {
      kind: "message";
      /** The message itself when no rule touched it. Shares parts with it: neither may be changed. */
      message: unknown;
      /** The paths that were hashed or removed, now and before. */
      treated: readonly string[];
    }
  | {
      kind: "dropped";
      /** The name of the rule. */
      rule: string;
    }
);

/**
 * What the rules make of a message. Pure and deterministic: nothing is changed, nothing is thrown.
 * @param treated the paths that were hashed or removed before the message was kept
 */
export function applyRules(
  { first, ordered }: CompiledRules,
  message: unknown,
  { treated = [] }: { treated?: readonly string[] } = {},
): Applied {
  if (!isObject(message)) return { kind: "message", message, treated, touched: [], failed: [] };
  const state = begin(message, treated);
  const scope: Scope = { message, entry: undefined, fuel: fillUp() };
  const touched = new Set<string>();
  const failed: FailedRule[] = [];
  for (const { name, act, treats } of first) {
    const wasTreated = state.treated.has(treats as string);
    const former = state.message;
    act(state);
    if (wasTreated || state.message !== former) touched.add(name);
  }
  state.entered = state.message;
  for (const { name, condition, act } of ordered) {
    scope.message = state.message;
    const matches = condition === undefined || condition(scope);
    if (matches instanceof Failed) failed.push({ rule: name, message: matches.message });
    if (matches !== true) continue;
    const former = state.message;
    if (!act(state)) return { kind: "dropped", rule: name, touched: [...touched.add(name)], failed };
    if (state.message !== former) touched.add(name);
  }
  return {
    kind: "message",
    message: state.message,
    treated: [...state.treated],
    touched: [...touched],
    failed,
  };
}

function begin(message: State["message"], treated: readonly string[]): State {
  return { message, entered: message, place: undefined, treated: new Set(treated) };
}
