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

/** A string with something in it, as it is; anything else is absent. */
export function readText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
