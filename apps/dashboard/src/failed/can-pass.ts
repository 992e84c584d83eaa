import { type Connection, mapByRules } from "@customerio-router/connections";
import { rejections } from "@customerio-router/mapping";
import type { Entry } from "@customerio-router/messages";
import type { CompiledRules } from "@customerio-router/rules";

/**
 * Whether a retry of a failed message may pass: not where only its beginning is kept, and not where the connection's present
 * rules and settings reject it again. What Customer.io rejected, it may accept by now.
 */
export function retryMayPass(
  { id, settings }: Pick<Connection, "id" | "settings">,
  rules: CompiledRules | undefined,
): (failed: { entry: Entry; rejection: { reason: string } }) => boolean {
  const connection = { ...settings, connectionId: id };
  return ({ entry, rejection }) => {
    if (entry.cut || entry.erased) return false;
    if (!Object.hasOwn(rejections, rejection.reason)) return true;
    return mapByRules(entry, { connection, rules }).result.kind !== "rejected";
  };
}
