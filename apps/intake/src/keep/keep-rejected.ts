import { type Entry, isObject, messageLimits, type Problem } from "@customerio-router/messages";

/** Enough of a message for a person to see whose it is. */
const cutBytes = 8 * 1024;

/**
 * An invalid message as it came, so that a person can correct it. A message that is not an object, too large or too
 * deep is kept as the first 8 KB of its JSON. The write key is removed.
 */
export function keepRejected(item: unknown, { reason, field, message }: Problem): Entry {
  const rejected = { reason, message, ...(field && { field }) };
  const kept = withoutWriteKey(item);
  const text = toText(kept);
  if (isObject(kept) && reason !== "too-deep" && Buffer.byteLength(text) <= messageLimits.messageBytes) {
    return { message: kept, rejected };
  }
  return { message: beginningOf(text), rejected, cut: true };
}

/** A piece of a corrupt body that no message could be read from, as the first 8 KB of its text. */
export function keepUnsaved(text: string): Entry {
  return { message: beginningOf(text), rejected: corrupt, cut: true };
}

const corrupt = {
  reason: "corrupt",
  message:
    "The body was not JSON, and this part of it is unreadable: it was cut off or damaged before it arrived. It is not sent.",
};

/** The first 8 KB. In text the write key can be anywhere, damaged or inside other text. */
function beginningOf(text: string): string {
  const masked = text.slice(0, cutBytes).replace(/(writeKey\\*"[^"\w]*")[^"\\]*/g, "$1(hidden)");
  // A streaming decoder leaves out the character that the cut splits.
  return new TextDecoder().decode(Buffer.from(masked).subarray(0, cutBytes), { stream: true });
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
