import type { Entry, Rejection } from "@customerio-router/messages";

/** One request that carried a message. */
export type ArchivedAttempt = {
  /** Unix milliseconds of the reply. */
  atMs: number;
  durationMs: number;
  /** HTTP status; absent when no reply came. */
  status?: number;
  decision: string;
  why?: string;
};

/**
 * One line of a segment: a settled message with its outcome. A version that knows more fields may have written the line,
 * so whoever rewrites it keeps the fields it does not know.
 */
export type ArchivedMessage = {
  messageId: string;
  /** ISO 8601, by intake's clock. Its UTC day decides the folder. */
  receivedAt: string;
  /** ISO 8601, by the worker's clock. */
  settledAt: string;
  /** As `eventOf` gives it: `track Order Completed`, `page Home`, `identify`. */
  event: string;
  /** Whom it names, as `peopleOf` gives it: a person's lines are found without parsing others. */
  people: string[];
  outcome: "delivered" | "skipped" | "rejected";
  /** Why it was skipped or rejected: a code. */
  reason?: string;
  rejection?: Rejection;
  /** How many requests carried it. */
  requests: number;
  attempts: ArchivedAttempt[];
  /** What was sent to Customer.io. */
  operations: unknown[];
  /** The ids of those operations. */
  ulids: string[];
  jobId: string;
  /** The id of its source; `replay` for what a replay added. */
  source?: string;
  from?: Entry["from"];
  /** The names of the rules that changed or dropped it. */
  rules?: readonly string[];
  /** As it was taken from the queue. */
  message: unknown;
  salvaged?: true;
  warnings?: Entry["warnings"];
  treated?: Entry["treated"];
  traceparent?: string;
};

/** What an index says of a line. */
export type LineHead = Pick<
  ArchivedMessage,
  "messageId" | "receivedAt" | "settledAt" | "event" | "people" | "outcome" | "reason" | "source"
>;

/** A line to write: its JSON, without line ends, and what that says of it. */
export type ArchiveLine = { text: string; head: LineHead };
