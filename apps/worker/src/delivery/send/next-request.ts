/** How often to check again whether another worker owns the connection. */
const lookAgainMs = 1_000;

/** What decides when the next request of a connection is due. */
export type SendState = {
  /** Sending is on hold until it is resumed. */
  isHeld: boolean;
  /** How many more requests may be in flight. */
  slotsLeft: number;
  /** False once another worker may own the connection. */
  mayGo: boolean;
  /** How much longer the backoff or the limiter makes requests wait; 0 or less when neither does. */
  pauseMs: number;
  /** The number of operations that wait for no other. */
  readyCount: number;
  /** The number of operations in a full request. */
  batchOperations: number;
  /** How much longer the oldest of them waits for others to share its request; 0 or less when it is due. */
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

/** How many requests to send when one is due: all full ones, at least one. */
export function requestsDue({ readyCount, batchOperations, slotsLeft }: SendState): number {
  const full = Math.floor(readyCount / batchOperations);
  return Math.min(Math.max(full, 1), slotsLeft);
}
