/** How the delivery of a notice to a channel stands. */
export type Delivery = {
  state: "outstanding" | "delivered" | "failed";
  tries: number;
  /** The last try, in Unix milliseconds. */
  atMs?: number;
  /** Why it failed, or failed for one of several recipients, as a sentence without secrets. */
  why?: string;
  /** The receiver answered, and refuses this one. */
  isRefused?: true;
  /** In Unix milliseconds, while it is outstanding after a failure. */
  nextTryAtMs?: number;
};

/** What became of one try; `why` of a success: who was refused all the same. */
export type Sent = { ok: true; why?: string } | { ok: false; why: string; isRefused?: boolean };

/** A notice that nobody took for this long is given up. */
const givenUpAfterMs = 24 * 3_600_000;
const firstPauseMs = 5_000;
const maxPauseMs = 300_000;

/** The pause after a failed try: 5 s, doubled with each one, at most 5 minutes. */
export function pauseAfter(tries: number): number {
  return Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(tries - 1, 16));
}

/** How a delivery stands after a try. */
export function follow(
  { tries }: Delivery,
  sent: Sent,
  { madeAtMs, nowMs }: { madeAtMs: number; nowMs: number },
): Delivery {
  const tried = { tries: tries + 1, atMs: nowMs };
  if (sent.ok) return { state: "delivered", ...tried, ...(sent.why !== undefined && { why: sent.why }) };
  if (nowMs - madeAtMs >= givenUpAfterMs) return { state: "failed", ...tried, why: sent.why };
  return {
    state: "outstanding",
    ...tried,
    why: sent.why,
    ...(sent.isRefused && { isRefused: true }),
    nextTryAtMs: nowMs + pauseAfter(tries + 1),
  };
}
