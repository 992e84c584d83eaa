import { createPause, longPauseMs } from "./pause.ts";

/** The first pause; each further failure doubles it. */
const firstMs = 1_000;
const longestMs = 60_000;
/** Retry-After is honoured up to here. */
const longestRetryAfterMs = 300_000;
/** How often a connection that needs attention is retried. */
const attentionMs = 60_000;

/** The pauses of one connection while its destination does not take requests. */
export type Backoff = {
  /** The destination took a request sent in `round`; one of an earlier round says nothing about a pause begun since. */
  succeeded(round: number): void;
  /** Counts the pauses; a request belongs to the round in which it was sent. */
  readonly round: number;
  /**
   * Whether a request of this round was sent before a person may have corrected the connection: its failure is
   * ignored.
   */
  isOutdated(round: number): boolean;
  /**
   * It did not take a request sent in `round`, and may do so later. Requests in flight together fail
   * together: only the first of a round lengthens the pause.
   */
  failed(round: number, retryAfterMs?: number): void;
  /** It answered 500, perhaps because of these operations: pauses stay short, so that others are tried soon. */
  stumbled(round: number): void;
  /** It will not until a person corrects the connection. */
  needsAttention(round: number): void;
  /** A person may have corrected it: retries at once, and ignores replies to earlier requests. */
  reset(): void;
  /** Milliseconds until the next try may go; 0 when it may. */
  waitMs(): number;
  /** True from the first failure to the next success: then one request at a time is tried. */
  readonly probing: boolean;
  /** True while the pause is longer than 5 s: jobs then wait in the queue instead of in memory. */
  readonly long: boolean;
};

export function createBackoff(): Backoff {
  let failures = 0;
  let round = 0;
  /** Replies to rounds before this one are ignored. */
  let firstRound = 0;
  const pause = createPause();

  function extend(ms: number): void {
    pause.extend(ms);
    round += 1;
  }

  function lengthen(sentInRound: number, maxMs: number): void {
    if (sentInRound !== round) return;
    const ceilingMs = Math.min(firstMs * 2 ** failures, maxMs);
    failures += 1;
    extend(Math.random() * ceilingMs);
  }

  return {
    succeeded(sentInRound) {
      if (sentInRound !== round) return;
      failures = 0;
      pause.end();
    },
    get round() {
      return round;
    },
    isOutdated: (sentInRound) => sentInRound < firstRound,
    failed(sentInRound, retryAfterMs = 0) {
      lengthen(sentInRound, longestMs);
      if (retryAfterMs > 0 && sentInRound >= firstRound) extend(Math.min(retryAfterMs, longestRetryAfterMs));
    },
    stumbled(sentInRound) {
      lengthen(sentInRound, longPauseMs);
    },
    needsAttention(sentInRound) {
      if (sentInRound < firstRound) return;
      failures += 1;
      extend(attentionMs);
    },
    reset() {
      round += 1;
      firstRound = round;
      pause.end();
    },
    waitMs: pause.leftMs,
    get probing() {
      return failures > 0;
    },
    get long() {
      return pause.isLong();
    },
  };
}
