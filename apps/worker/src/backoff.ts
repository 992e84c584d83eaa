/** The first pause; each further failure doubles it. */
const firstMs = 1_000;
const longestMs = 60_000;
/** Retry-After is honoured up to here. */
const longestRetryAfterMs = 300_000;
/** How often a connection only a person can mend is tried all the same. */
const attentionMs = 60_000;
/** Above this the taken jobs go back to the queue meanwhile, where a person can reach them. */
const longMs = 5_000;

/** The pauses of one connection while its destination does not take requests. */
export type Backoff = {
  /** The destination took a request. */
  succeeded(): void;
  /** It did not, and may do so later. @returns milliseconds until the next try. */
  failed(retryAfterMs?: number): number;
  /** It will not until a person mends it. @returns milliseconds until the next try. */
  needsAttention(): number;
  /** A person may have mended it: try at once. */
  reset(): void;
  /** Milliseconds until the next try may go; 0 when it may. */
  waitMs(): number;
  /** True from the first failure to the next success: then one request at a time is tried. */
  readonly probing: boolean;
  /** True while the pause is so long that jobs wait in the queue instead of in memory. */
  readonly long: boolean;
};

export function createBackoff(): Backoff {
  let failures = 0;
  let resumeAtMs = 0;
  let long = false;

  function pause(ms: number): number {
    // Requests in flight fail together; a later answer never shortens the pause.
    resumeAtMs = Math.max(resumeAtMs, performance.now() + ms);
    long = ms > longMs;
    return ms;
  }

  return {
    succeeded() {
      failures = 0;
      resumeAtMs = 0;
      long = false;
    },
    failed(retryAfterMs) {
      const ceilingMs = Math.min(firstMs * 2 ** failures, longestMs);
      failures += 1;
      const jitteredMs = Math.random() * ceilingMs;
      return pause(Math.max(jitteredMs, Math.min(retryAfterMs ?? 0, longestRetryAfterMs)));
    },
    needsAttention() {
      failures += 1;
      return pause(attentionMs);
    },
    reset() {
      resumeAtMs = 0;
      long = false;
    },
    waitMs: () => Math.max(0, resumeAtMs - performance.now()),
    get probing() {
      return failures > 0;
    },
    get long() {
      return long && performance.now() < resumeAtMs;
    },
  };
}
