/** While somebody else may own the connection, whether that is so is looked up again this often. */
const lookAgainMs = 1_000;

/** What decides when the next request of a connection is due. */
export type SendState = {
  /** Sending is on hold until it is resumed. */
  isHeld: boolean;
  /** How many more requests may be in flight. */
  slotsLeft: number;
  /** False once somebody else may own the connection. */
  mayGo: boolean;
  /** How long the backoff or the limiter still asks to wait; not above 0 when neither does. */
  pauseMs: number;
  /** Operations that wait for nobody. */
  readyCount: number;
  /** As many fill a request. */
  batchOperations: number;
  /** How much longer the foremost of them waits for others to share its request; not above 0 when it no longer does. */
  lingerMs: number;
};

/** Milliseconds until the next request is due; infinite when only a change can make one due. */
export function untilDueMs(state: SendState): number {
  if (state.isHeld || state.slotsLeft <= 0 || state.readyCount === 0) return Number.POSITIVE_INFINITY;
  if (!state.mayGo) return lookAgainMs;
  if (state.pauseMs > 0) return state.pauseMs;
  if (state.readyCount >= state.batchOperations) return 0;
  return Math.max(0, state.lingerMs);
}

/** How many requests go when one is due: as many as would be full, or one. */
export function requestsDue({ readyCount, batchOperations, slotsLeft }: SendState): number {
  const full = Math.floor(readyCount / batchOperations);
  return Math.min(Math.max(full, 1), slotsLeft);
}
