import type { Entry, Rejection } from "@customerio-router/messages";

/** One request that carried a message, and what came of it. */
export type Attempt = {
  /** Unix milliseconds of the reply. */
  atMs: number;
  durationMs: number;
  /** HTTP status; absent when no reply came. */
  status?: number;
  /** settled, halved, failed, deferred or needs-attention. */
  decision: string;
  why?: string;
};

/** The outcome of a message. */
export type MessageRecord = {
  messageId: string;
  jobId: string;
  /** Unix milliseconds of the outcome. */
  atMs: number;
  outcome: "delivered" | "skipped" | "rejected";
  /** Why it was skipped. */
  reason?: string;
  /** Why it was rejected. */
  rejection?: Rejection;
  /** How many requests carried it; `attempts` has the last ten. */
  requests: number;
  attempts: Attempt[];
  /** What was sent to Customer.io; empty when nothing was. */
  operations: unknown[];
  /** Where it came from; see `Entry`. */
  from?: Entry["from"];
  /** True when it was read from a corrupt body; see `Entry`. */
  salvaged?: true;
  /** What intake changed in it; see `Entry`. */
  warnings?: Entry["warnings"];
  /** The names of the rules that changed or dropped it. */
  rules?: readonly string[];
  /** What rules hashed or removed at intake; see `Entry`. */
  treated?: Entry["treated"];
  /** The span of its receipt; see `Entry`. */
  traceparent?: string;
  /** The replay that added it; see `Entry`. */
  replay?: Entry["replay"];
  /** The message as it was taken from the queue. */
  message: unknown;
};
