import { type Entry, readId, valueAt } from "@customerio-router/messages";

/**
 * The messageIds that the client gave to a body's messages, in order; undefined where the intake assigned one: a
 * resent message without an id cannot be recognized.
 */
export function readMessageIds(body: unknown, entries: readonly Entry[]): (string | undefined)[] {
  const batch = valueAt(body, "batch");
  const calls = Array.isArray(batch) ? batch : [body];
  return entries.map(({ message }, index) => {
    const given = readId(valueAt(calls[index], "messageId"));
    return given === readId(valueAt(message, "messageId")) ? given : undefined;
  });
}
