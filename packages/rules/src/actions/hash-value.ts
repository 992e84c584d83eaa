import { hash } from "node:crypto";
import { isGarbled } from "@customerio-router/messages";

/**
 * The SHA-256, in hexadecimal, of a value's trimmed lower-case text, after the salt if there is one. A blank text and null
 * name nobody and stay; an object or a list is hashed as its JSON. A text with bytes that were not UTF-8 stays where
 * `isId` is true: its hash could be that of another person.
 */
export function hashValue(
  value: unknown,
  { salt = "", isId }: { salt?: string | undefined; isId: boolean },
): unknown {
  if (value === null || value === undefined) return value;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const normal = text.trim().toLowerCase();
  if (normal === "" || (isId && (isGarbled(text) || !text.isWellFormed()))) return value;
  return hash("sha256", `${salt}${normal}`);
}
