import { readText, valueAt } from "./read.ts";

/** What a message is about, for people and for filters: `track Order Completed`, `page Home`, `identify`. */
export function eventOf(message: unknown): string {
  const type = readText(valueAt(message, "type")) ?? "unknown";
  const name = nameOf(message, type);
  return name === undefined ? type : `${type} ${name}`;
}

/** SDKs put a screen's name in either field. The name of any other call could be a person's. */
function nameOf(message: unknown, type: string): string | undefined {
  if (type === "track") return readText(valueAt(message, "event"));
  if (type === "page") return readText(valueAt(message, "name"));
  if (type === "screen") return readText(valueAt(message, "name")) ?? readText(valueAt(message, "event"));
  return undefined;
}
