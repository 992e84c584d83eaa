const form = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A span as W3C Trace Context names it in the header `traceparent`, version 00. */
export function isTraceparent(value: unknown): value is string {
  return typeof value === "string" && form.test(value);
}
