import { messageLimits } from "@customerio-router/messages";
import { endOfString, skipGapBack } from "./scan-value.ts";

export type Parse = (text: string) => unknown;

/**
 * The name given to a member whose value is `NaN` or `Infinity`: short, and used by no client (the control character
 * DEL).
 */
const absent = "\x7f";
const absentName = `"${absent}"`;

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
    if (marked.includes(absentName)) removeMarked(value);
    return { value };
  } catch {
    return undefined;
  }
}

const quote = 0x22;
const colon = 0x3a;

/**
 * An item of an array becomes `null`; a member gets the absent name, so that nothing is left of it but one member of that
 * name in its object. What is no JSON otherwise stays none.
 */
function markBareNumbers(text: string): string {
  // A string that grows is twice as quick as a list of a million parts.
  let marked = "";
  let from = 0;
  let nameStart = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      nameStart = at;
      at = (endOfString(text, at) ?? text.length) - 1;
      continue;
    }
    const length = bareNumberLength(text, at, code);
    if (length === 0) continue;
    const before = skipGapBack(text, at);
    if (before < 0) return text;
    if (text.charCodeAt(before) === colon) {
      // Found once more, for few names have such a value.
      const nameEnd = endOfString(text, nameStart) ?? 0;
      if (skipGapBack(text, before) !== nameEnd - 1) return text;
      marked += `${text.slice(from, nameStart)}${absentName}${text.slice(nameEnd, at)}0`;
    } else marked += `${text.slice(from, at)}null`;
    from = at + length;
    at = from - 1;
  }
  return marked + text.slice(from);
}

/** Of the bare number that begins at `at`, or 0. */
function bareNumberLength(text: string, at: number, code: number): number {
  switch (code) {
    case 0x4e: // N
      return text.startsWith("NaN", at) ? 3 : 0;
    case 0x49: // I
      return text.startsWith("Infinity", at) ? 8 : 0;
    case 0x2d: // -
      return text.startsWith("-Infinity", at) ? 9 : 0;
    default:
      return 0;
  }
}

/** Without recursion: nothing bounds the depth here. */
function removeMarked(root: unknown): void {
  const open = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNested(item)) open.push(item);
    } else if (isNested(value)) {
      if (absent in value) delete value[absent];
      for (const name of Object.keys(value)) if (isNested(value[name])) open.push(value[name]);
    }
  }
}

function isNested(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null;
}
