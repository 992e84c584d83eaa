import { valueAt } from "@customerio-router/messages";

/** Characters of a name; longer ones are cut: they are in Redis for 90 days. */
const maxNameLength = 100;

/** What a message is about, for people, as text that Redis's scripts can read: `track Order Completed`, `page Pricing`, `identify`. */
export function eventNameOf(message: unknown): string {
  const type = valueAt(message, "type");
  if (typeof type !== "string") return "(no type)";
  // The name of a page or a screen; that of another call could be a person's.
  const names = { track: "event", page: "name", screen: "name" } as const;
  const field = type in names ? names[type as keyof typeof names] : undefined;
  const name = field && valueAt(message, field);
  return (typeof name === "string" && name !== "" ? `${type} ${name}` : type)
    .slice(0, maxNameLength)
    .toWellFormed();
}
