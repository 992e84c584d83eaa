import { callTypes, eventOf, isEmail, normalizePerson, peopleOf } from "@customerio-router/messages";
import { compileWhere, findWhereProblem } from "@customerio-router/rules";
import type { TextFields } from "../../page/text-fields.ts";
import { readUtcTime, writeUtcTime } from "../../page/utc-time.ts";
import { happenedAtMsOf, timeOf } from "../time-of.ts";
import { type KnownMessage, type MessageState, titleOf } from "./known-message.ts";

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
  /** As `eventOf` gives it: `track Order Completed`. */
  event: string;
  /** A whole user id, anonymous id or email address, as `peopleNamed` reads it. */
  person: string;
  outcome: string;
  /** Why it was skipped or rejected: a code. */
  reason: string;
  /** As `readUtcTime` reads it. The end is not included. */
  from: string;
  to: string;
  /** What `from` and `to` are times of. */
  time: "" | "happened";
  messageId: string;
  /** A condition over `message`, in CEL as in rules. */
  where: string;
};

export const noFilter: MessageFilter = {
  connection: "",
  source: "",
  type: "",
  event: "",
  person: "",
  outcome: "",
  reason: "",
  from: "",
  to: "",
  time: "",
  messageId: "",
  where: "",
};

/** Why nothing can be found: the condition is none. */
export function problemOf({ where }: MessageFilter): string | undefined {
  return where === "" ? undefined : findWhereProblem(where);
}

export function readMessageFilter(fields: TextFields): MessageFilter {
  const oneOf = (choices: readonly string[], text = "") => (choices.includes(text) ? text : "");
  return {
    connection: fields.connection ?? "",
    source: fields.source ?? "",
    type: oneOf(callTypes, fields.type),
    event: readEvent(fields.event),
    person: (fields.person ?? "").trim(),
    outcome: oneOf(messageStates, fields.outcome),
    reason: (fields.reason ?? "").trim(),
    from: writeUtcTime(fields.from ?? ""),
    to: writeUtcTime(fields.to ?? ""),
    time: fields.time === "happened" ? "happened" : "",
    messageId: (fields.messageId ?? "").trim(),
    where: (fields.where ?? "").trim(),
  };
}

/** A name alone is that of a track call. */
function readEvent(text = ""): string {
  const event = text.trim();
  const [first = ""] = event.split(" ");
  const isWhole = event === "" || (callTypes as readonly string[]).includes(first);
  return isWhole ? event : `track ${event}`;
}

/** The filter as a query; `more` goes along. */
export function filterQuery(filter: MessageFilter, more: { [name: string]: string } = {}): string {
  const given = Object.entries({ ...filter, ...more }).filter(([, text]) => text !== "");
  return String(new URLSearchParams(given));
}

export function matches(filter: MessageFilter, known: KnownMessage): boolean {
  const { source, type, event, person, outcome, reason, where } = filter;
  if (source !== "" && known.from?.source !== source) return false;
  if (outcome !== "" && known.state !== outcome) return false;
  if (reason !== "" && (known.rejection?.reason ?? known.reason) !== reason) return false;
  if (type !== "" && titleOf(known.message).type !== type) return false;
  if (event !== "" && eventOf(known.message) !== event) return false;
  if (!isWithin(filter, known)) return false;
  if (where !== "" && !conditionOf(where)(known.message)) return false;
  const wanted = peopleNamed(person);
  return person === "" || peopleOf(known.message, known.operations).some((key) => wanted.includes(key));
}

/** As records and the archive name people, for what somebody types. */
export function peopleNamed(text: string): string[] {
  if (text === "") return [];
  return isEmail(text) ? [normalizePerson(`email:${text}`)] : [`id:${text}`, `anonymous_id:${text}`];
}

function isWithin({ from, to, time }: MessageFilter, { message, atMs }: KnownMessage): boolean {
  if (from === "" && to === "") return true;
  const { fromMs, toMs } = readTimes({ from, to });
  const receivedAtMs = timeOf(message, "receivedAt") ?? atMs;
  const ms = time === "happened" ? (happenedAtMsOf(message) ?? receivedAtMs) : receivedAtMs;
  return ms >= fromMs && ms < toMs;
}

function readTimes({ from, to }: Pick<MessageFilter, "from" | "to">): { fromMs: number; toMs: number } {
  return {
    fromMs: readUtcTime(from) ?? Number.NEGATIVE_INFINITY,
    toMs: readUtcTime(to) ?? Number.POSITIVE_INFINITY,
  };
}

/** No call counts as having happened longer than this after its receipt. */
const maxAheadMs = 86_400_000;

/** When messages that match were received, in Unix milliseconds: what happened may be received any time later. */
export function timesOf(filter: MessageFilter): { fromMs: number; toMs: number } {
  const { fromMs, toMs } = readTimes(filter);
  if (filter.time === "") return { fromMs, toMs };
  return { fromMs: fromMs - maxAheadMs, toMs: Number.POSITIVE_INFINITY };
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
