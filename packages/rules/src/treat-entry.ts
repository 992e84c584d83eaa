import type { Entry } from "@customerio-router/messages";
import { applyRules } from "./apply-rules.ts";
import type { CompiledRules } from "./compile-rules.ts";

/**
 * An entry as it is kept, after the rules of `intakeRules`; the same object where they change nothing. Text that is no message,
 * cut off or damaged, may hold what they remove, so nothing of it is kept.
 */
export function treatEntry(entry: Entry, rules: CompiledRules): Entry {
  const { message, treated: before = [] } = entry;
  if (typeof message === "string") return { ...entry, message: hiddenText };
  const applied = applyRules(rules, message, { treated: before });
  if (applied.kind === "dropped" || applied.message === message) return entry;
  return { ...entry, message: applied.message, treated: [...applied.treated] };
}

const hiddenText =
  "(not kept: a rule of the connection removes or hashes fields, and this text cannot be read)";
