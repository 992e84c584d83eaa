import type { Entry } from "@customerio-router/messages";
import { applyRules, type CompiledRules, type FailedRule } from "@customerio-router/rules";

/** What the rules of a connection make of an entry. */
export type Ruled = {
  /** As it is to be mapped; its message is untouched, since a retry reads it again. */
  message: unknown;
  /** The rule that dropped it. */
  droppedBy?: string;
  /** The names of the rules that changed or dropped it. */
  touched: readonly string[];
  failed: readonly FailedRule[];
};

/** Shared, since most connections have no rules. */
const none: readonly never[] = [];

/** Rules are about messages that may be sent: neither about erased people's nor about cut ones. */
export function ruleEntry({ message, treated, erased, cut }: Entry, rules: CompiledRules | undefined): Ruled {
  if (rules === undefined || erased || cut) return { message, touched: none, failed: none };
  const { touched, failed, ...applied } = applyRules(rules, message, treated && { treated });
  return applied.kind === "dropped"
    ? { message, droppedBy: applied.rule, touched, failed }
    : { message: applied.message, touched, failed };
}
