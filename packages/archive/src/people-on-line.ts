import { peopleOf } from "@customerio-router/messages";
import type { ArchivedMessage } from "./archived-message.ts";

/** Everybody a line names, with the keys that it has from its writer, which may have known more of them. */
export function peopleOnLine({ people, message, operations = [] }: ArchivedMessage): string[] {
  return [...new Set([...(Array.isArray(people) ? people : []), ...peopleOf(message, operations)])];
}
