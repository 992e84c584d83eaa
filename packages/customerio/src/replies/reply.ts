/** Why Customer.io rejected one operation of a request, in its own words, cut to a readable length. */
export type OperationError = { reason: string; field?: string; message: string };

/** What Customer.io's reply to operations says; what follows from it is decided elsewhere. Sentences are for people. */
export type ReadReply =
  /** 2xx and 207: all operations were taken but those of `rejected`, keyed by their place in the batch. */
  | { kind: "accepted"; status: number; rejected: Map<number, OperationError> }
  /**
   * 400, 413, 422, an error entry that names no operation, 404 to an event on v1: the same bytes will never be taken. No
   * `status`: they cannot be sent at all.
   */
  | { kind: "rejected"; status?: number; reason: string }
  /** 500: these operations, or Customer.io as a whole, are in trouble. */
  | { kind: "failed"; status: 500; reason: string }
  /** 408, 429, 5xx but 500, no reply, or one that cannot be read (`flagged`): try again later. */
  | { kind: "unavailable"; status?: number; why: string; retryAfterMs?: number; flagged?: string }
  /** 401, 403: a person has to mend the Site ID or the API key. */
  | { kind: "unauthorized"; status: number }
  /** 3xx and every other 4xx: the account, or this is not Customer.io's Track API; a person has to see to it. */
  | { kind: "misconfigured"; status: number };

/** With what a log line tells of the request. `bytes` is the size of the body that was sent. */
export type Reply = ReadReply & { durationMs: number; bytes: number };

/** Where a workspace lives, or why that is not known. */
export type RegionReply =
  | { kind: "found"; region: Region; environmentId?: number }
  | Exclude<ReadReply, { kind: "accepted" }>;

export type Region = "us" | "eu";
