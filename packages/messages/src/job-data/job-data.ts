/** Why a message can never be delivered as it stands. Codes are stable; sentences are for people. */
export type Rejection = {
  /** A machine code such as `no-user`, `message-too-large` or `refused-by-customerio`. */
  reason: string;
  /** One sentence: what happened, to which field, what to do. */
  message: string;
  field?: string;
};

/** One message of a job. Jobs hold 1 to 100 of them, all of one connection. */
export type Entry = {
  /** The message as intake stamped it; as it came when it is invalid. */
  message: unknown;
  /** Why it was rejected: by intake, which keeps it all the same, or when its job failed. A retry sends it again. */
  rejected?: Rejection;
  /** True when `message` is only the first 8 KB of a message too large to keep: never to be sent. */
  cut?: true;
  /** True when `message` was read from a body that was no JSON as a whole: others that came with it may be missing. */
  salvaged?: true;
  /** Where it came from; left out by earlier versions, and where a person added it. */
  from?: ReceivedFrom;
  /** What intake changed that the message itself no longer shows: codes of the mapping's warnings, with their fields. */
  warnings?: NotedWarning[];
  /** The paths that rules hashed or removed at intake, before the message was kept. */
  treated?: string[];
  /** The span that its requests to Customer.io are linked to: of its receipt, or of its sender. Not sent to Customer.io. */
  traceparent?: string;
  /** A replay added it, of a message that had its outcome before. */
  replay?: ReplayMark;
  /** True when the message's person was erased: `message` is what `redactEntry` left of it, never to be sent. */
  erased?: true;
};

/** The source and its kind as they were at receipt. A kind that is left out counts as a server. */
export type ReceivedFrom = { source: string; kind?: "browser" | "server" | "mobile" };

export type ReplayMark = {
  /** Of the replay. */
  id: string;
  /** What has neither a ULID nor a timestamp is sent too, though it turns state back. */
  withState?: true;
};

export type NotedWarning = { code: string; field: string };

/** The data of a BullMQ job. */
export type JobData = {
  /** What is to be sent, in order. */
  entries: Entry[];
  /** What was rejected while others of the job still wait: never sent again, part of the job when it fails. */
  rejected?: Entry[];
};
