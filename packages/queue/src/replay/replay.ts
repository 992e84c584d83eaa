/** Which archived messages are added again: those that have all of these. */
export type ReplayFilter = {
  /** Received from this time on, in Unix milliseconds. */
  fromMs?: number;
  /** Received before this time. */
  toMs?: number;
  /** `track Order Completed`, `page Home`, `identify`. */
  event?: string;
  /** A key such as `id:42` or `email:ada@example.com`. */
  person?: string;
  outcome?: "delivered" | "skipped" | "rejected";
  /** The id of a source; `replay` for what earlier replays added. */
  source?: string;
  /** Why it was skipped or rejected. */
  reason?: string;
  /** A condition over `message`, in CEL as in rules. */
  where?: string;
};

/** Why a shadow connection sends nothing. */
export const shadowReason = "shadow";

/** A file whose lines the command line adds. */
export type ReplayFile = { name: string; bytes: number; sha256: string };

/** What was asked for. */
export type ReplayWish = {
  /** The connection whose archive is read. Without it the lines come from a file. */
  sourceId?: string;
  file?: ReplayFile;
  filter: ReplayFilter;
  /** What has neither a ULID nor a timestamp is sent too, though it turns state back. */
  withState: boolean;
  /** Events get new ids and today's time, so that Customer.io shows them again. */
  asNew: boolean;
  /** Who started it, for people. */
  startedBy: string;
  /** How many lines there are to read, if the dry run has read all of them. */
  expected?: number;
};

/** `failed`: it cannot go on; its note says why. */
export const replayStates = ["running", "paused", "done", "cancelled", "failed"] as const;
export type ReplayState = (typeof replayStates)[number];

export type Replay = ReplayWish & {
  id: string;
  /** The connection that gets the messages. */
  connectionId: string;
  state: ReplayState;
  /** Up to where its lines are read; empty at the beginning. */
  cursor: string;
  createdAtMs: number;
  endedAtMs?: number;
  /** Why it waits or failed, for people. */
  note?: string;
  /** Lines read. */
  read: number;
  /** Messages added to the queue. */
  added: number;
  /** Lines that were not added, by reason. */
  leftOut: { [reason: string]: number };
  /** What became of the messages added. */
  outcomes: { delivered: number; skipped: number; rejected: number };
};

/** A line of the archive, as far as a replay needs it. */
export type ReplayLine = {
  messageId: string;
  message: unknown;
  settledAt: string;
  reason?: string | undefined;
  source?: string | undefined;
  from?: unknown;
  salvaged?: true | undefined;
  warnings?: { code: string; field: string }[] | undefined;
  treated?: string[] | undefined;
  traceparent?: string | undefined;
};

/** Whether it adds nothing more unless it is resumed. */
export function isEnded({ state }: Pick<Replay, "state">): boolean {
  return state === "done" || state === "cancelled" || state === "failed";
}
