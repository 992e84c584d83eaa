import type { Operation } from "@customerio-router/customerio";
import type { Entry } from "@customerio-router/messages";
import type { TakenJob } from "@customerio-router/queue";
import type { Attempt, Outcome } from "@customerio-router/reports";

/** A taken job on its way. */
export type PendingJob = {
  readonly taken: TakenJob;
  /** Of its data. */
  readonly bytes: number;
  /** In the job's order. */
  readonly messages: PendingMessage[];
  /** Rejected in an earlier round, while others of the job had to wait. */
  readonly rejectedBefore: Entry[];
  /** A person of it was erased after it was added: Redis gets its data without them when it is settled. */
  isRedacted: boolean;
  /** How many of its messages have no outcome yet. */
  open: number;
  /** How many of its operations are in requests that are under way or being settled. */
  inFlight: number;
  /** The last write of its outcomes; the next one waits for it. */
  writing: Promise<unknown>;
  /** Redis has it as completed or failed. */
  finished: boolean;
  /** False once it went back to the queue: its messages are neither sent nor settled. */
  inHand: boolean;
};

/** A message on its way. It has its outcome once all of its operations have theirs. */
export type PendingMessage = {
  readonly job: PendingJob;
  readonly entry: Entry;
  /** The names of the rules that changed or dropped it. */
  readonly rules: readonly string[];
  readonly operations: PendingOperation[];
  /** How many of its operations have no outcome yet. */
  open: number;
  outcome: Outcome | undefined;
  /** Its outcome is written to Redis. */
  settled: boolean;
};

/** An operation on its way. */
export type PendingOperation = {
  readonly message: PendingMessage;
  readonly operation: Operation;
  /** As it goes over the wire. */
  readonly json: string;
  readonly bytes: number;
  /** Its position in the order of all operations. */
  readonly sequence: number;
  /** When it was taken, on the process's own clock. */
  readonly takenAtMs: number;
  /** Whom it concerns; two operations with a key in common keep their order. */
  readonly keys: readonly string[];
  readonly effect: Effect;
  /** How many earlier ones with a key in common are unsettled. */
  waitsFor: number;
  /** The next ones in line behind it, at most one for each of its keys. */
  readonly followers: PendingOperation[];
  place: "waiting" | "ready" | "sent" | "resting" | "settled";
  readonly tries: Tries;
};

/**
 * What an operation does to its person: nothing lasting (an event has a time of its own), a change of state,
 * or the end of what was before (delete, merge, suppress).
 */
export type Effect = "event" | "change" | "end";

/** The requests that carried an operation; remembered while its message is back in the queue. */
export type Tries = {
  /** Requests that carried it, whatever the reply. */
  requests: number;
  /** The last of them. */
  attempts: Attempt[];
  /** Requests that failed in a way that may be an outage. */
  failures: number;
  /** Those of them that failed while the connection had taken other requests since the one before. */
  passedBy: number;
  /** Those of these that were answered 500, which in the end rejects it. */
  counted: number;
  /** How many requests the connection had taken when this one last failed. */
  acceptedBefore: number;
  /** It shares a request with so few others that a culprit is found. */
  groupLimit: number;
};

export function noTries(): Tries {
  return {
    requests: 0,
    attempts: [],
    failures: 0,
    passedBy: 0,
    counted: 0,
    acceptedBefore: 0,
    groupLimit: Number.POSITIVE_INFINITY,
  };
}
