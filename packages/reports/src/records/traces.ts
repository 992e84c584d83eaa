import type { Entry } from "@customerio-router/messages";
import { messageIdOf } from "@customerio-router/messages";
import type { Outcome } from "../outcome.ts";
import type { Attempt, MessageRecord } from "./record.ts";

/** How a message came to its outcome. */
export type Trace = {
  outcome: Outcome;
  requests: number;
  attempts: Attempt[];
  /** What was sent, each as JSON. */
  operations: string[];
};

type KeptTrace = Omit<MessageRecord, "jobId" | "message" | "messageId" | "atMs" | "attempts"> & {
  /** Places in the list of attempts, which many messages share. */
  attempts: number[];
};

type Traces = { attempts: Attempt[]; messages: KeptTrace[] };

/** Traces that say nothing are those of no messages. */
function parse(text: string): Traces {
  const { attempts = [], messages = [] } = JSON.parse(text) as Partial<Traces>;
  return { attempts, messages };
}

/** The traces of messages as JSON. The operations are written as they were sent. */
export function writeTraces(traces: Trace[]): string {
  const places = new Map<Attempt, number>();
  const placeOf = (attempt: Attempt): number => {
    const place = places.get(attempt) ?? places.size;
    places.set(attempt, place);
    return place;
  };
  const messages = traces.map(({ outcome, requests, attempts, operations }) => {
    const { kind, ...why } = outcome;
    const kept = JSON.stringify({ outcome: kind, ...why, requests, attempts: attempts.map(placeOf) });
    return `${kept.slice(0, -1)},"operations":[${operations.join(",")}]}`;
  });
  return `{"attempts":${JSON.stringify([...places.keys()])},"messages":[${messages.join(",")}]}`;
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
    const { message, salvaged, warnings, replay } = entry;
    return [
      {
        messageId: messageIdOf(message),
        jobId,
        atMs,
        ...trace,
        attempts: trace.attempts.map((place) => attempts[place] as Attempt),
        ...(salvaged && { salvaged }),
        ...(warnings && { warnings }),
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

/** The traces without what was sent, and what was said, of the messages at these places. */
export function redactTraces(text: string, places: ReadonlySet<number>): string {
  const { attempts, messages } = parse(text);
  const redacted = messages.map((trace, place): KeptTrace => {
    if (!places.has(place)) return trace;
    const { rejection } = trace;
    return {
      ...trace,
      ...(rejection && { rejection: { reason: rejection.reason, message: "The person was erased" } }),
      operations: [],
    };
  });
  return JSON.stringify({ attempts, messages: redacted });
}
