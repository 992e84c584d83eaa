import { readText, valueAt } from "@customerio-router/messages";

/** What a message says, as it is filtered by: `track Order Completed`, `page Home`, `identify`. */
export function eventOf(message: unknown): string {
  const type = readText(valueAt(message, "type")) ?? "unknown";
  const name = nameOf(message, type);
  return name === undefined ? type : `${type} ${name}`;
}

/** SDKs put a screen's name in either field. */
function nameOf(message: unknown, type: string): string | undefined {
  if (type === "track") return readText(valueAt(message, "event"));
  if (type === "page") return readText(valueAt(message, "name"));
  if (type === "screen") return readText(valueAt(message, "name")) ?? readText(valueAt(message, "event"));
  return undefined;
}
