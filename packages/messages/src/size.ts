import { messageLimits } from "./limits.ts";

/** Worst case of a character in JSON: `\u0000`. */
const bytesPerCharacter = 6;
/** Worst case of a number in JSON: `-1.2345678901234567e-300`. */
const bytesPerNumber = 25;

/**
 * A number no smaller than the bytes of a value's JSON, without writing the JSON: small values, the many, are
 * proven small by a quick walk.
 *
 * @returns Infinity for a value nested deeper than `depth`.
 */
export function jsonBytesAtMost(value: unknown, depth: number = messageLimits.depth): number {
  switch (typeof value) {
    case "string":
      return value.length * bytesPerCharacter + 2;
    case "number":
      return bytesPerNumber;
    case "object":
      return value === null
        ? 4
        : depth === 0
          ? Number.POSITIVE_INFINITY
          : contentBytesAtMost(value, depth - 1);
    default:
      return 5;
  }
}

function contentBytesAtMost(value: object, depth: number): number {
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += jsonBytesAtMost(item, depth) + 1;
    return bytes;
  }
  for (const key in value) {
    bytes +=
      key.length * bytesPerCharacter + 4 + jsonBytesAtMost((value as Record<string, unknown>)[key], depth);
  }
  return bytes;
}

/** The bytes of a value's JSON in UTF-8. Throws a RangeError for one nested thousands of levels deep. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** True when a value's JSON has more bytes than that. Not for values nested deeper than `messageLimits.depth`. */
export function exceedsJsonBytes(value: unknown, limit: number): boolean {
  return jsonBytesAtMost(value) > limit && jsonBytes(value) > limit;
}
