import { messageLimits } from "../limits.ts";
import { exactInteger } from "./exact-integer.ts";

/** What a call's numbers lost on the way from text: a code of the mapping's warnings, and the field within the call. */
export type ReadWarning = {
  code: "number-as-text" | "number-out-of-range" | "timestamp-invalid";
  field: string;
};

export type JsonRead = {
  json: unknown;
  /** What was changed within a part of the JSON; left out where nothing was. */
  warningsOf?: (part: unknown) => ReadWarning[];
};

/** A number that a double may not hold: 16 digits or more before the point, or an exponent that can make as many. */
const large = /-?(?:\d{16}|\d+(?:\.\d+)?[eE](?:\+?\d|-\d{3}))/;
const beginsLarge = new RegExp(`^${large.source}`);
/** The same where JSON may have a number. A match within a string costs time and nothing else. */
const mayHoldLarge = new RegExp(`[:,[]\\s*${large.source}`);

/** Under these names a number names somebody or something. */
const idNames: ReadonlySet<string> = new Set([
  ...["userId", "anonymousId", "previousId", "groupId", "messageId", "id"],
  ...["objectId", "object_id", "objectTypeId", "object_type_id", "deliveryId", "delivery_id"],
]);

type Change = { name: string; code: ReadWarning["code"] };

/** What was changed in an object, by the object. */
export type ReadChanges = Map<object, Change[]>;

/**
 * Reads JSON text, with every integer exact: one beyond 2^53 - 1 becomes the text of its digits. A number beyond a
 * double's range is left out, in an array null. Text without such a number costs a plain parse and a search.
 *
 * @param changes where changes are noted: one for several texts whose warnings are asked for together.
 * @throws SyntaxError for what is no JSON, and for text with such a number that is nested thousands of levels deep.
 */
export function readJsonText(text: string, changes: ReadChanges = new Map()): JsonRead {
  if (!mayHoldLarge.test(text)) return { json: JSON.parse(text) };
  function note(holder: object, change: Change): void {
    const others = changes.get(holder);
    if (others === undefined) changes.set(holder, [change]);
    else others.push(change);
  }
  const json = parseWith(text, function (this: object, name, value, context?: { source: string }) {
    if (typeof value !== "number" || context === undefined || !beginsLarge.test(context.source)) return value;
    if (idNames.has(name)) return readLargeId(context.source, value);
    const kept = readLarge(context.source, value);
    if (kept === value) return value;
    note(this, { name, code: kept === undefined ? "number-out-of-range" : "number-as-text" });
    return kept === undefined && Array.isArray(this) ? null : kept;
  });
  if (changes.size === 0) return { json };
  return { json, warningsOf: (part) => warningsIn(part, changes) };
}

type Reviver = (this: object, name: string, value: unknown, context?: { source: string }) => unknown;

/** A reviver is called level by level on the stack, which a plain parse is not. */
function parseWith(text: string, reviver: Reviver): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SyntaxError(tooDeep, { cause: error });
  }
}

const tooDeep =
  "it is nested thousands of levels deep and has a number of 16 digits or more: write that number as text, or nest less";

/**
 * An id is an exact integer. One with an exponent that is none, or is too long to write out, gets zeros in front: they
 * change no number, keep it apart from all others, and make it too long to name anybody.
 */
function readLargeId(source: string, value: number): number | string {
  const digits = exactInteger(source);
  if (digits !== undefined) return isHeldBy(value, digits) ? value : digits;
  return hasExponent(source) ? source.padStart(longerThanIds, "0") : value;
}

const longerThanIds = 1_000;

/** Undefined for what is beyond a double's range. With an exponent it is as its sender's double had it, where it is equal. */
function readLarge(source: string, value: number): number | string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const digits = exactInteger(source);
  if (digits === undefined || isHeldBy(value, digits)) return value;
  return hasExponent(source) && digits === exactInteger(String(value)) ? value : digits;
}

function isHeldBy(value: number, digits: string): boolean {
  return Number.isSafeInteger(value) && digits === BigInt(value).toString();
}

function hasExponent(source: string): boolean {
  return /e/i.test(source);
}

/** A message's warnings must not outweigh it. */
const maxWarnings = 50;
const longestField = 160;

function warningsIn(part: unknown, changes: ReadChanges): ReadWarning[] {
  const found: ReadWarning[] = [];
  const visit = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > messageLimits.depth) return;
    for (const { name, code } of changes.get(value) ?? []) {
      if (found.length < maxWarnings) found.push({ code, field: `${path}${name}`.slice(0, longestField) });
    }
    for (const [name, inner] of Object.entries(value)) visit(inner, `${path}${name}.`, depth + 1);
  };
  visit(part, "", 0);
  return found;
}
