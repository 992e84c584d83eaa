import { isObject, messageLimits, type Problem } from "@customerio-router/messages";
import type { Entry } from "@customerio-router/queue";

/** Enough of a message that cannot be kept for a person to see whose it is. */
const cutBytes = 8 * 1024;

/**
 * An invalid message as it came, so that a person can mend it. What is no object, too large or too deep is kept as
 * the first 8 KB of its JSON. The write key is no part of it.
 */
export function keepRejected(item: unknown, { reason, field, message }: Problem): Entry {
  const rejected = { reason, message, ...(field && { field }) };
  const kept = withoutWriteKey(item);
  const bytes = Buffer.from(toText(kept));
  if (isObject(kept) && reason !== "too-deep" && bytes.length <= messageLimits.messageBytes) {
    return { message: kept, rejected };
  }
  // A decoder told that more is to come leaves out the character the cut falls into.
  const text = new TextDecoder().decode(bytes.subarray(0, cutBytes), { stream: true });
  return { message: text, rejected, cut: true };
}

function withoutWriteKey(item: unknown): unknown {
  if (!isObject(item)) return item;
  const { writeKey, ...kept } = item;
  return kept;
}

function toText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "(nested too deeply to be written)";
  }
}
