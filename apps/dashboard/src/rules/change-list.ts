import { newRule, type RuleTexts } from "./rule-form.ts";

/** What a button of the form does to the list; the place is where the focus goes. */
export type ListChange = { rules: RuleTexts[]; focus: string | undefined };

/** Carries `add`, `up:2`, `down:2`, `remove:2` or `move:2:0` out; anything else changes nothing. */
export function changeList(rules: RuleTexts[], wish: string): ListChange {
  if (wish === "add") return { rules: [...rules, newRule], focus: `rules.${rules.length}.name` };
  const [, kind = "", from = "", to = ""] =
    /^(up|down|remove|move):(\d{1,3})(?::(\d{1,3}))?$/.exec(wish) ?? [];
  const at = Number(from);
  if (kind === "" || rules[at] === undefined) return { rules, focus: undefined };
  if (kind === "remove") return { rules: rules.toSpliced(at, 1), focus: "add" };
  const target = kind === "move" ? Number(to) : at + (kind === "up" ? -1 : 1);
  if (target < 0 || target >= rules.length) return { rules, focus: `${kind}:${at}` };
  const moved = rules.toSpliced(at, 1).toSpliced(target, 0, rules[at]);
  return { rules: moved, focus: `${focusAfter(kind, target, rules.length - 1)}:${target}` };
}

/** The same button again; at an end of the list the other one, since that one is disabled. */
function focusAfter(kind: string, target: number, last: number): "up" | "down" {
  if (target === 0) return "down";
  return target === last || kind !== "down" ? "up" : "down";
}
