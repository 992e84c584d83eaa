import { eventOf, peopleOf } from "@customerio-router/messages";
import type { ArchivedMessage, ArchiveLine } from "../archived-message.ts";

/** The line of a message that is at hand as an object. */
export function writeLine(
  message: Omit<ArchivedMessage, "event" | "people">,
): ArchiveLine & { head: ArchivedMessage } {
  const event = eventOf(message.message);
  const head = { ...message, event, people: peopleOf(message.message, message.operations) };
  return { head, text: JSON.stringify(head) };
}
