import { type Connection, explainByRules, mapByRules } from "@customerio-router/connections";
import type { Operation } from "@customerio-router/customerio";
import type { Warning } from "@customerio-router/mapping";
import type { CompiledRules } from "@customerio-router/rules";
import type { KnownMessage } from "./find/known-message.ts";

/** What a connection makes of a message, by its present rules and settings. */
export type ExplainedMessage = {
  /** What Customer.io gets; empty when nothing. */
  operations: Operation[];
  /** Why it gets nothing: the message is skipped or rejected. */
  nothing?: { kind: "skipped" | "rejected"; reason: string };
  /** Which rule did what, in sentences. */
  explanation: string[];
  /** What is delivered otherwise than it came: cut, left out, replaced. */
  warnings: Warning[];
  /** The ids of its events, by which Customer.io shows each once. */
  ulids: string[];
};

export function explainMessage(
  message: Pick<KnownMessage, "message" | "warnings" | "treated" | "from">,
  { id, settings }: Pick<Connection, "id" | "settings">,
  rules: CompiledRules | undefined,
): ExplainedMessage {
  const connection = { ...settings, connectionId: id };
  const mapped = mapByRules(message, { connection, rules });
  const explanation = explainByRules(mapped, connection);
  const { result } = mapped;
  if (result.kind !== "operations") {
    const { kind, reason } = result;
    return { operations: [], nothing: { kind, reason }, explanation, warnings: [], ulids: [] };
  }
  const { operations, warnings } = result;
  const cut = new Set(warnings.map((warning) => warning.message));
  const ulids = operations.flatMap((operation) =>
    "id" in operation && typeof operation.id === "string" ? [operation.id] : [],
  );
  return { operations, explanation: explanation.filter((sentence) => !cut.has(sentence)), warnings, ulids };
}
