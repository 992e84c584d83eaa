import type { Fields } from "./call.ts";

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What an object holds under a key; undefined where there is no object. */
export function valueAt(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

/** An id as text: numbers are written out; anything else, and text of nothing but white space, is absent. */
export function readId(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : readText(value);
}

/**
 * The id by which copies of a message are known. One that JSON or UTF-8 garbled is none: two messages would share it, and
 * the second one would count as a copy.
 */
export function readMessageId(value: unknown): string | undefined {
  const id = readId(value);
  return id === undefined || isGarbled(id) || !id.isWellFormed() ? undefined : id;
}

/** True for text with U+FFFD, which stands for bytes that were not UTF-8. */
export function isGarbled(text: string): boolean {
  return text.includes("\ufffd");
}

/** A string with something in it, as it is; anything else is absent. */
export function readText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
