import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;

/** Polls until `condition` is true; one that throws is not true yet. Throws when it takes too long, or the signal's reason. */
export async function waitUntil(
  condition: () => Promise<boolean>,
  { otherwise, timeoutMs, signal }: { otherwise: () => string; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const startedAtMs = performance.now();
  while (!(await condition().catch(() => false))) {
    signal.throwIfAborted();
    if (performance.now() - startedAtMs > timeoutMs) throw new Error(otherwise());
    await delay(POLL_MS);
  }
  signal.throwIfAborted();
}
