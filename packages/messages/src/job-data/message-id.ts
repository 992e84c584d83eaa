import { readId, valueAt } from "../read.ts";

/** A message's own id; empty for what has none: added by hand, or cut. */
export function messageIdOf(message: unknown): string {
  return readId(valueAt(message, "messageId")) ?? "";
}
