import { limits } from "./limits.ts";

/**
 * At least as many bytes as the JSON of `value` has (every character taken for its longest escape), for a fraction
 * of what writing it costs. NaN where the value is not JSON, or nested deeper than `limits.jsonDepth`.
 */
export function jsonBytesAtMost(value: unknown, depth = 0): number {
  switch (typeof value) {
    case "string":
      return value.length * 6 + 2;
    case "number":
      return Number.isFinite(value) ? 25 : Number.NaN;
    case "boolean":
      return 5;
    case "object":
      return value === null ? 4 : containerBytesAtMost(value, depth + 1);
    default:
      return Number.NaN;
  }
}

function containerBytesAtMost(container: object, depth: number): number {
  if (depth > limits.jsonDepth) return Number.NaN;
  let bytes = 2;
  if (Array.isArray(container)) {
    for (const item of container) bytes += 1 + jsonBytesAtMost(item, depth);
    return bytes;
  }
  const map = container as { [key: string]: unknown };
  for (const key in map) {
    const value = map[key];
    if (value !== undefined) bytes += key.length * 6 + 4 + jsonBytesAtMost(value, depth);
  }
  return bytes;
}
