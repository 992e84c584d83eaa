import { valueAt } from "@customerio-router/messages";

/** Longer names are cut: they are in Redis for 90 days. */
const maxNameLength = 100;

/** What a message is about, for people: `track Order Completed`, `page Pricing`, `identify`. */
export function eventNameOf(message: unknown): string {
  const type = valueAt(message, "type");
  if (typeof type !== "string") return "(no type)";
  const name = type === "track" ? valueAt(message, "event") : valueAt(message, "name");
  return (typeof name === "string" && name !== "" ? `${type} ${name}` : type).slice(0, maxNameLength);
}
