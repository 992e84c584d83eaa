import { callTypes } from "@customerio-router/messages";
import { compileWhere, findWhereProblem } from "@customerio-router/rules";
import { badQuery } from "../../delivery/ledger-query.ts";
import type { TextFields } from "../../page/text-fields.ts";
import { type KnownMessage, type MessageState, personsOf, titleOf } from "./known-message.ts";

export const messageStates = [
  "delivered",
  "skipped",
  "rejected",
  "waiting",
] as const satisfies MessageState[];

/** What a person looks for; what is empty is not asked for. */
export type MessageFilter = {
  /** The id of a connection; empty: all of them. */
  connection: string;
  /** The id of a source; empty: all of them. */
  source: string;
  type: string;
  /** Part of a user's id, anonymous id or email address. */
  person: string;
  outcome: string;
  messageId: string;
  /** A condition over `message`, in CEL as in rules. */
  where: string;
};

/** @throws an error with status 400 for a condition that is none */
export function readMessageFilter(fields: TextFields): MessageFilter {
  const where = (fields.where ?? "").trim();
  const problem = where === "" ? undefined : findWhereProblem(where);
  if (problem !== undefined) throw badQuery(`\`where\`: ${problem}`);
  const oneOf = (choices: readonly string[], text = "") => (choices.includes(text) ? text : "");
  return {
    connection: fields.connection ?? "",
    source: fields.source ?? "",
    type: oneOf(callTypes, fields.type),
    person: (fields.person ?? "").trim(),
    outcome: oneOf(messageStates, fields.outcome),
    messageId: (fields.messageId ?? "").trim(),
    where,
  };
}

/** The filter as a query; `more` goes along. */
export function filterQuery(filter: MessageFilter, more: { [name: string]: string } = {}): string {
  const given = Object.entries({ ...filter, ...more }).filter(([, text]) => text !== "");
  return String(new URLSearchParams(given));
}

export function matches(
  { source, type, person, outcome, where }: MessageFilter,
  known: KnownMessage,
): boolean {
  if (source !== "" && known.from?.source !== source) return false;
  if (where !== "" && !conditionOf(where)(known.message)) return false;
  if (outcome !== "" && known.state !== outcome) return false;
  if (type !== "" && titleOf(known.message).type !== type) return false;
  const wanted = person.toLowerCase();
  return wanted === "" || personsOf(known.message).some((text) => text.toLowerCase().includes(wanted));
}

let compiled = { text: "", matches: (_message: unknown) => false };

/** A page asks for many messages by one condition. */
function conditionOf(text: string): (message: unknown) => boolean {
  if (compiled.text !== text) {
    const where = compileWhere(text);
    compiled = { text, matches: where.ok ? where.matches : () => false };
  }
  return compiled.matches;
}
