/** No server may silence a connection for longer than this with one reply. */
const longestRetryAfterMs = 300_000;

/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `nowMs`: seconds or an HTTP date; what is
 * past or negative is 0, and 300 s is the most. Undefined without a header, or with one that says neither.
 */
export function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  const waitMs = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  if (Number.isNaN(waitMs)) return undefined;
  return Math.min(Math.max(Math.round(waitMs), 0), longestRetryAfterMs);
}
