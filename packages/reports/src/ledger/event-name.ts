import { eventOf } from "@customerio-router/messages";

/** Characters of a name; longer ones are cut: they are in Redis for 90 days. */
const maxNameLength = 100;

/** A message's event as the ledger counts it: well-formed text, since scripts of Redis read it. */
export function eventNameOf(message: unknown): string {
  return eventOf(message).slice(0, maxNameLength).toWellFormed();
}
