import { randomBytes } from "node:crypto";
import { messageLimits } from "@customerio-router/messages";
import { endOfString } from "./scan-value.ts";

export type Parse = (text: string) => unknown;

/** Stands for a number that JSON does not have; no caller can know it. */
const absent = randomBytes(8).toString("hex");
const absentText = JSON.stringify(absent);

/**
 * Parses an element strictly, but for bare `NaN` and `Infinity`, which count as absent: a member goes, an item of an array
 * becomes null, so that the others keep their places.
 *
 * @returns undefined for what is no JSON even so
 */
export function parseElement(text: string, parse: Parse): { value: unknown } | undefined {
  try {
    return { value: parse(text) };
  } catch {
    // Not JSON: perhaps for the sake of such a number alone.
  }
  // One that is longer is too large a message anyhow.
  const marked = text.length > messageLimits.messageBytes ? text : markBareNumbers(text);
  if (marked === text) return undefined;
  try {
    const value = parse(marked);
    return value !== absent && removeMarked(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

function markBareNumbers(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const first = text[at];
    if (first === '"') at = (endOfString(text, at) ?? text.length) - 1;
    const word = first === "N" || first === "I" || first === "-" ? bareNumberAt(text, at) : undefined;
    if (word === undefined) continue;
    parts.push(text.slice(from, at), absentText);
    from = at + word.length;
    at = from - 1;
  }
  return parts.join("") + text.slice(from);
}

function bareNumberAt(text: string, at: number): string | undefined {
  return ["NaN", "Infinity", "-Infinity"].find((word) => text.startsWith(word, at));
}

/** False where one stood in the place of a name. Without recursion: nothing bounds the depth here. */
function removeMarked(root: unknown): boolean {
  const open = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (item === absent) value[index] = null;
        else if (isNested(item)) open.push(item);
      }
    } else if (isNested(value)) {
      for (const name of Object.keys(value)) {
        if (name === absent) return false;
        if (value[name] === absent) delete value[name];
        else if (isNested(value[name])) open.push(value[name]);
      }
    }
  }
  return true;
}

function isNested(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null;
}
