import type { Entry, JobData } from "@customerio-router/messages";
import { dayOf, receivedAtMsOf } from "./day.ts";
import { eventNameOf } from "./event-name.ts";
import { sourceOf } from "./scope.ts";

/** Messages of a job that have no outcome, by the UTC day of receipt, counted from 1970. */
type WaitingRow = [day: number, messages: number];
/** Messages of a job that were rejected. */
type RejectedRow = [day: number, messages: number, reason: string, event: string];

/**
 * Messages of one source, which the rows above count too. Those that wait have neither reason nor event. Earlier versions
 * read the row as one of no messages.
 */
type SourceRow = [day: number, none: 0, reason: string, event: string, source: string, messages: number];

/** What a job holds, as the ledger counts it. */
export type Content = (WaitingRow | RejectedRow | SourceRow)[];

/** What a row counts: messages of a source, or of the connection. `reason` is of messages that were rejected. */
export type ContentRow = {
  day: number;
  messages: number;
  reason: string | undefined;
  event: string;
  source: string | undefined;
};

export function readRow([day, messages, reason, event = "", source, ofSource]: Content[number]): ContentRow {
  return source === undefined || ofSource === undefined
    ? { day, messages, reason, event, source: undefined }
    : { day, messages: ofSource, reason: reason || undefined, event, source };
}

export function writeRow({ day, messages, reason, event, source }: ContentRow): Content[number] {
  if (source !== undefined) return [day, 0, reason ?? "", event, source, messages];
  return reason === undefined ? [day, messages] : [day, messages, reason, event];
}

/** A reason as part of a field's name: a person may have edited it to anything. */
export function writeReason(reason: string): string {
  return reason.replaceAll("|", "-").slice(0, 64).toWellFormed();
}

/**
 * What the job holds. The job's hash keeps it as JSON, so that the ledger finds what it has counted of a job: whoever takes
 * or removes the job compares. `entries` wait; `rejected` are rejected.
 * @param madeAtMs Unix milliseconds of the job's making
 */
export function contentOf({ entries, rejected = [] }: JobData, madeAtMs: number): string {
  const waiting = new Map<number, number>();
  const ofSources = new Map<string, SourceRow>();
  const countOfSource = (day: number, reason: string, event: string, source: string) => {
    const key = `${day}|${reason}|${source}|${event}`;
    const row = ofSources.get(key);
    if (row) row[5] += 1;
    else ofSources.set(key, [day, 0, reason, event, source, 1]);
  };
  for (const entry of entries) {
    const day = dayOf(receivedAtMsOf(entry.message, madeAtMs));
    waiting.set(day, (waiting.get(day) ?? 0) + 1);
    const source = sourceOf(entry);
    if (source !== undefined) countOfSource(day, "", "", source);
  }
  const rejectedOnes = new Map<string, RejectedRow>();
  for (const entry of rejected) {
    const [day, , reason, event] = rejectedRow(entry, madeAtMs);
    const key = `${day}|${reason}|${event}`;
    const row = rejectedOnes.get(key);
    if (row) row[1] += 1;
    else rejectedOnes.set(key, [day, 1, reason, event]);
    const source = sourceOf(entry);
    if (source !== undefined) countOfSource(day, reason, event, source);
  }
  return JSON.stringify([...waiting, ...rejectedOnes.values(), ...ofSources.values()]);
}

/** Somebody edited the job after the message was rejected. */
const unknownReason = "unknown";

function rejectedRow(entry: Entry, madeAtMs: number): RejectedRow {
  const { message, rejected } = entry;
  const day = dayOf(receivedAtMsOf(message, madeAtMs));
  return [day, 1, writeReason(rejected?.reason ?? unknownReason), eventNameOf(message)];
}

/** Empty for a job that the ledger has not counted: one added by hand, or by an earlier version. */
export function readContent(text: string | null): Content {
  return text ? (JSON.parse(text) as Content) : [];
}
