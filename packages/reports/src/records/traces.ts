import {
  type Entry,
  eventOf,
  messageIdOf,
  peopleOf,
  type Rejection,
  valueAt,
} from "@customerio-router/messages";
import type { Outcome } from "../outcome.ts";
import type { Attempt, MessageRecord } from "./record.ts";

/** How a message came to its outcome. */
export type Trace = {
  entry: Entry;
  outcome: Outcome;
  requests: number;
  attempts: Attempt[];
  /** The names of the rules that changed or dropped it. */
  rules?: readonly string[];
  /** What was sent, with the JSON as it was sent. */
  operations: readonly { operation: unknown; json: string }[];
};

/** What the archive's line says of a message beside its entry, its job and the time of its outcome. As JSON without what is undefined. */
type KeptTrace = {
  /** Places in the list of attempts, which many messages share. */
  attempts: number[];
  messageId: string;
  receivedAt?: string | undefined;
  event: string;
  /** Whom it names. */
  people: string[];
  outcome: MessageRecord["outcome"];
  /** Why it was skipped or rejected. */
  reason?: string | undefined;
  rejection?: Rejection | undefined;
  /** The id of the source it came from; `replay` for what a replay added. */
  source?: string | undefined;
  rules?: readonly string[] | undefined;
  requests: number;
  /** The ids of the operations. */
  ulids: string[];
};

type ReadTrace = KeptTrace & { operations: unknown[] };

const [before, between, separator, after] = ['{"attempts":[\n', ",\n", '\n],"messages":[\n', "\n]}"] as const;

/**
 * The traces of messages as JSON, each on a line of its own, so that archiving joins them with the entries without reading
 * either. The operations are written as they were sent.
 */
export function writeTraces(traces: Trace[]): string {
  const places = new Map<Attempt, number>();
  const placeOf = (attempt: Attempt): number => {
    const place = places.get(attempt) ?? places.size;
    places.set(attempt, place);
    return place;
  };
  const lines = traces.map((trace) => {
    const kept = keptOf(trace, trace.attempts.map(placeOf));
    return joinOperations(kept, trace.operations.map(({ json }) => json).join(","));
  });
  return joinTraces([...places.keys()], lines);
}

function keptOf({ entry, outcome, requests, rules = [], operations }: Trace, attempts: number[]): KeptTrace {
  const { message, from, replay } = entry;
  const rejection = outcome.kind === "rejected" ? outcome.rejection : undefined;
  const sent = operations.map(({ operation }) => operation);
  return {
    attempts,
    messageId: messageIdOf(message),
    receivedAt: receivedAtOf(message),
    event: eventOf(message),
    people: peopleOf(message, sent),
    outcome: outcome.kind,
    reason: outcome.kind === "skipped" ? outcome.reason : rejection?.reason,
    rejection,
    source: replay ? "replay" : from?.source,
    rules: rules.length > 0 ? rules : undefined,
    requests,
    ulids: sent.map((operation) => valueAt(operation, "id")).filter((id) => typeof id === "string"),
  };
}

/** What intake stamped; what it rejected may say anything. */
function receivedAtOf(message: unknown): string | undefined {
  const text = valueAt(message, "receivedAt");
  return typeof text === "string" && /^20\d\d-\d\d-\d\dT[\d:.]+Z$/.test(text) ? text : undefined;
}

function joinOperations(kept: KeptTrace, operations: string): string {
  return `${JSON.stringify(kept).slice(0, -1)},"operations":[${operations}]}`;
}

function joinTraces(attempts: Attempt[], lines: string[]): string {
  const texts = attempts.map((attempt) => JSON.stringify(attempt));
  return `${before}${texts.join(between)}${separator}${lines.join(between)}${after}`;
}

/** A message's trace as JSON: the list of its attempts, and its other fields without the braces around them. */
export type TraceText = { attempts: string; fields: string };

/** The trace of each message, unread; undefined for text of another form. */
export function splitTraces(text: string): TraceText[] | undefined {
  const [attempts, messages, ...more] = text.slice(before.length, -after.length).split(separator);
  if (!text.startsWith(before) || !text.endsWith(after) || messages === undefined || more.length > 0) {
    return undefined;
  }
  const texts = (attempts as string).split(between);
  const [all] = texts;
  return splitList(messages).map((line) => {
    const from = '{"attempts":['.length;
    const to = line.indexOf("]");
    const places = line.slice(from, to);
    // Most messages were sent once, together.
    const own =
      places === "0"
        ? all
        : splitList(places, ",")
            .map((place) => texts[Number(place)])
            .join(",");
    return { attempts: `[${own}]`, fields: line.slice(to + 2, -1) };
  });
}

function splitList(text: string, by: string = between): string[] {
  return text === "" ? [] : text.split(by);
}

/** Traces that say nothing are those of no messages. */
function parse(text: string): { attempts: Attempt[]; messages: ReadTrace[] } {
  const { attempts = [], messages = [] } = JSON.parse(text) as Partial<ReturnType<typeof parse>>;
  return { attempts, messages };
}

/** The records of messages that got their outcomes together, in the order of their job. */
export function readTraces(
  text: string,
  { entries, jobId, atMs }: { entries: Entry[]; jobId: string; atMs: number },
): MessageRecord[] {
  const { attempts, messages } = parse(text);
  return messages.flatMap((trace, index): MessageRecord[] => {
    const entry = entries[index];
    if (!entry) return [];
    const { outcome, reason, rejection, requests, rules, operations } = trace;
    const { message, from, salvaged, warnings, treated, traceparent, replay } = entry;
    return [
      {
        messageId: messageIdOf(message),
        jobId,
        atMs,
        outcome,
        ...(outcome === "skipped" && reason !== undefined && { reason }),
        ...(rejection && { rejection }),
        requests,
        attempts: trace.attempts.map((place) => attempts[place] as Attempt),
        operations,
        ...(from && { from }),
        ...(salvaged && { salvaged }),
        ...(warnings && { warnings }),
        ...(rules && { rules }),
        ...(treated && { treated }),
        ...(traceparent && { traceparent }),
        ...(replay && { replay }),
        message,
      },
    ];
  });
}

/** What was sent of each message, in the order of their job. */
export function readTraceList(text: string): { operations: unknown[] }[] {
  return parse(text).messages;
}

/** The traces without what was sent, what was said, and whom it concerned, of the messages at these places. */
export function redactTraces(text: string, redacted: ReadonlyMap<number, Entry>): string {
  const { attempts, messages } = parse(text);
  const lines = messages.map(({ operations, ...kept }, place) => {
    const entry = redacted.get(place);
    if (entry === undefined) return joinOperations(kept, JSON.stringify(operations).slice(1, -1));
    return joinOperations(redactTrace(kept, entry), "");
  });
  return joinTraces(attempts, lines);
}

function redactTrace({ rejection, ...kept }: KeptTrace, { message }: Entry): KeptTrace {
  return {
    ...kept,
    messageId: messageIdOf(message),
    event: eventOf(message),
    people: [],
    ...(rejection && { rejection: { reason: rejection.reason, message: "The person was erased" } }),
    ulids: [],
  };
}
