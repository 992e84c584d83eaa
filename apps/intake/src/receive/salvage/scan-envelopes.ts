import { endOfString, endOfValue, skipGap, skipGapBack } from "./scan-value.ts";

/** A batch in a corrupt body, as pieces of its text. */
export type ScannedEnvelope = {
  /** The batch's elements, in order; the last one may be cut off. */
  elements: { text: string; isClosed: boolean }[];
  /** The values beside the batch, by name. */
  members: Map<string, string>;
};

/** One pass over the parts of a body. */
type Scan = {
  text: string;
  at: number;
  readonly most: number;
  elements: number;
  envelopes: ScannedEnvelope[];
};

/**
 * Finds the batches in a text that is not JSON, in one pass. Stops after `most` elements or envelopes. Splits joined
 * envelopes first, wherever one begins where JSON allows no value: the text before was cut off, perhaps within a
 * string, and must not swallow what follows.
 */
export function scanEnvelopes(text: string, most: number): ScannedEnvelope[] {
  const scan: Scan = { text: "", at: 0, most, elements: 0, envelopes: [] };
  const rests: string[] = [];
  const starts = [0, ...findJoins(text)];
  for (const [index, start] of starts.entries()) {
    scan.text = text.slice(start, starts[index + 1]);
    scan.at = 0;
    scanPart(scan);
    rests.push(scan.text.slice(scan.at));
    if (isFull(scan)) break;
  }
  // Names and values of an envelope that was cut off are no messages; what may hold one is not dropped.
  const last = scan.envelopes.at(-1);
  for (const rest of rests) if (rest.includes("{")) last?.elements.push({ text: rest, isClosed: false });
  return scan.envelopes;
}

function isFull({ most, elements, envelopes }: Scan): boolean {
  return elements > most || envelopes.length > most;
}

/** A value follows one of these, or nothing at all. */
const beforeValue = new Set([",", ":", "["]);

/** No string holds this text: its quotes would be escaped. */
function findJoins(text: string): number[] {
  const joins: number[] = [];
  for (let name = text.indexOf('"batch"'); name >= 0; name = text.indexOf('"batch"', name + 1)) {
    const brace = skipGapBack(text, name);
    if (text[brace] !== "{" || !isEnvelope(text, brace)) continue;
    const before = skipGapBack(text, brace);
    if (before >= 0 && !beforeValue.has(text.charAt(before))) joins.push(brace);
  }
  return joins;
}

const envelopeStart = /\{[\s\0]*"batch"\s*:\s*\[/y;

/** No call begins with a member of this name. */
function isEnvelope(text: string, at: number): boolean {
  envelopeStart.lastIndex = at;
  return envelopeStart.test(text);
}

/** What it cannot read it leaves behind `scan.at`. */
function scanPart(scan: Scan): void {
  for (;;) {
    const start = skipGap(scan.text, scan.at);
    scan.at = start;
    const envelope = scan.text[start] === "{" && !isFull(scan) ? scanEnvelope(scan) : undefined;
    if (envelope === undefined) {
      scan.at = start;
      return;
    }
    scan.envelopes.push(envelope);
  }
}

/** Undefined for an object without a batch. */
function scanEnvelope(scan: Scan): ScannedEnvelope | undefined {
  const { text } = scan;
  const envelope: ScannedEnvelope = { elements: [], members: new Map() };
  let hasBatch = false;
  scan.at += 1;
  for (;;) {
    scan.at = skipGap(text, scan.at);
    if (text[scan.at] === "}") {
      scan.at += 1;
      break;
    }
    const nameEnd = text[scan.at] === '"' ? endOfString(text, scan.at) : undefined;
    const colon = nameEnd === undefined ? undefined : skipGap(text, nameEnd);
    if (nameEnd === undefined || colon === undefined || text[colon] !== ":") break;
    const name = text.slice(scan.at + 1, nameEnd - 1);
    const value = skipGap(text, colon + 1);
    if (name === "batch" && text[value] === "[") {
      hasBatch = true;
      scan.at = value + 1;
      if (!scanElements(scan, envelope)) break;
    } else {
      const end = endOfValue(text, value);
      if (end === undefined) break;
      envelope.members.set(name, text.slice(value, end));
      scan.at = end;
    }
  }
  return hasBatch ? envelope : undefined;
}

/** True when the batch was closed. */
function scanElements(scan: Scan, { elements }: ScannedEnvelope): boolean {
  const { text } = scan;
  while (!isFull(scan)) {
    scan.at = skipGap(text, scan.at);
    if (text[scan.at] === "]") {
      scan.at += 1;
      return true;
    }
    if (scan.at >= text.length || "}:".includes(text.charAt(scan.at)) || isEnvelope(text, scan.at))
      return false;
    const end = endOfValue(text, scan.at);
    elements.push({ text: text.slice(scan.at, end), isClosed: end !== undefined });
    scan.elements += 1;
    scan.at = end ?? text.length;
  }
  return false;
}
