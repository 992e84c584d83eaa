import type { Logger } from "./logger.ts";

/** Logs what may happen thousands of times a second. */
export type SparseLog = {
  /** Logs the first line of a key at once, then at most one an interval, which tells how many were left out. */
  warn(key: string, fields: { readonly [name: string]: unknown }, message: string): void;
};

/** Keys are a small fixed set, never text from outside: each is remembered. */
export function createSparseLog(logger: Pick<Logger, "warn">, { intervalMs = 1_000 } = {}): SparseLog {
  const lines = new Map<string, { loggedAt: number; leftOut: number }>();
  return {
    warn(key, fields, message) {
      const now = performance.now();
      const line = lines.get(key);
      if (line !== undefined && now - line.loggedAt < intervalMs) {
        line.leftOut += 1;
        return;
      }
      const leftOut = line?.leftOut ?? 0;
      lines.set(key, { loggedAt: now, leftOut: 0 });
      logger.warn({ ...fields, ...(leftOut > 0 && { leftOut }) }, message);
    },
  };
}
