import { type Fields, messageLimits } from "@customerio-router/messages";
import { type Parse, parseElement } from "./parse-element.ts";
import { SalvagedBatch, Unsaved } from "./salvaged-batch.ts";
import { type ScannedEnvelope, scanEnvelopes } from "./scan-envelopes.ts";
import { endOfValue, skipGap } from "./scan-value.ts";

/**
 * Recovers messages from a body that is not JSON: phones write their batches to disk, and cut off, join and pad them.
 * Each complete element must itself be JSON. A cut-off element is never repaired: `"userId":"12` may have been person
 * 123.
 * @param parse reads an element; throws for invalid JSON
 * @returns a call, or a batch of recovered messages and lost elements; undefined when nothing can be recovered
 */
export function salvage(text: string, parse: Parse): Fields | SalvagedBatch | undefined {
  const { messagesPerBatch } = messageLimits;
  const envelopes = scanEnvelopes(text, messagesPerBatch);
  if (envelopes.length > messagesPerBatch) return undefined;
  if (envelopes.every(({ elements }) => elements.length === 0)) return salvageCall(text, parse);
  return new SalvagedBatch(envelopes.map((envelope) => readEnvelope(envelope, parse)));
}

/** A single call, when nothing but padding surrounds it. */
function salvageCall(text: string, parse: Parse): Fields | undefined {
  const start = skipGap(text, 0);
  const end = text[start] === "{" ? endOfValue(text, start) : undefined;
  if (end === undefined || skipGap(text, end) < text.length) return undefined;
  return parseElement(text.slice(start, end), parse)?.value as Fields | undefined;
}

/** What an envelope may say besides its batch. */
const names = ["writeKey", "sentAt", "context", "integrations"];

function readEnvelope({ elements, members }: ScannedEnvelope, parse: Parse): Fields {
  const shared = names.flatMap((name) => {
    const member = members.get(name);
    const parsed = member === undefined ? undefined : parseElement(member, parse);
    return parsed ? [[name, parsed.value]] : [];
  });
  const batch = elements.map(({ text, isClosed }) => {
    const parsed = isClosed ? parseElement(text, parse) : undefined;
    return parsed ? parsed.value : new Unsaved(text);
  });
  return { ...Object.fromEntries(shared), batch };
}
