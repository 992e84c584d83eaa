import { type Entry, readId, valueAt } from "@customerio-router/messages";

/**
 * The messageIds that the caller gave to the messages of a body, in their order; undefined for one that intake gave an id
 * itself: whoever sends such a message again cannot be recognised.
 */
export function readMessageIds(body: unknown, entries: readonly Entry[]): (string | undefined)[] {
  const batch = valueAt(body, "batch");
  const calls = Array.isArray(batch) ? batch : [body];
  return entries.map(({ message }, index) => {
    const given = readId(valueAt(calls[index], "messageId"));
    return given === readId(valueAt(message, "messageId")) ? given : undefined;
  });
}
