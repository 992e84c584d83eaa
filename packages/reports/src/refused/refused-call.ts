/** What is kept of refused calls, for each source. */
export const refusedBounds = { reasons: 20, examplesPerReason: 5, exampleBytes: 1_024, userAgentLength: 200 };

/** The name under which bodies are counted that were no JSON, but of which some messages were saved. */
export const salvaged = "salvaged";

/** The names under which requests are counted that were acknowledged and dropped: their source is paused, or feeds no connection. */
export const sourcePaused = "source-paused";
export const noConnectionFed = "no-connection";

/** One request, without secrets. */
export type RefusedExample = {
  atMs: number;
  /** Of the route, such as `/v1/track`. */
  path?: string;
  userAgent?: string;
  /** The beginning of the body; absent if none was read. */
  body?: string;
};

/** The requests that were refused for one reason. */
export type RefusedCalls = {
  reason: string;
  /** Of the reply; 200 for a salvaged body, and for what was acknowledged and dropped. */
  status: number;
  requests: number;
  lastAtMs: number;
  /** Of the last one. Absent without a known write key. */
  userAgent?: string;
  /** Newest first; none without a known write key. */
  examples: RefusedExample[];
};

/** Fields of the hash, each followed by the reason. */
export const refusedFields = { requests: "requests:", last: "last:", example: "example:" } as const;
