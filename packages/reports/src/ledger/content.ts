import type { Entry, JobData } from "@customerio-router/messages";
import { dayOf, receivedAtMsOf } from "./day.ts";
import { eventNameOf } from "./event-name.ts";

/** Messages of a job that have no outcome, by the UTC day of receipt, counted from 1970. */
type WaitingRow = [day: number, messages: number];
/** Messages of a job that were rejected. */
type RejectedRow = [day: number, messages: number, reason: string, event: string];

/** What a job holds, as the ledger counts it. */
export type Content = (WaitingRow | RejectedRow)[];

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
  for (const { message } of entries) {
    const day = dayOf(receivedAtMsOf(message, madeAtMs));
    waiting.set(day, (waiting.get(day) ?? 0) + 1);
  }
  return JSON.stringify([...waiting, ...rejectedRows(rejected, madeAtMs)]);
}

/** Somebody edited the job after the message was rejected. */
const unknownReason = "unknown";

function rejectedRows(rejected: Entry[], madeAtMs: number): RejectedRow[] {
  const rows = new Map<string, RejectedRow>();
  for (const { message, rejected: rejection } of rejected) {
    const day = dayOf(receivedAtMsOf(message, madeAtMs));
    const reason = writeReason(rejection?.reason ?? unknownReason);
    const event = eventNameOf(message);
    const key = `${day}|${reason}|${event}`;
    const row = rows.get(key) ?? [day, 0, reason, event];
    row[1] += 1;
    rows.set(key, row);
  }
  return [...rows.values()];
}

/** Empty for a job that the ledger has not counted: one added by hand, or by an earlier version. */
export function readContent(text: string | null): Content {
  return text ? (JSON.parse(text) as Content) : [];
}
