import type { ArchivedMessage } from "../archived-message.ts";
import type { Context } from "../context.ts";
import { prepareFilter } from "./line-filter.ts";
import { scan } from "./scan.ts";

export type FoundLines = {
  lines: ArchivedMessage[];
  /** Paths of segments that could not be read: lines of them are missing. */
  damaged: string[];
};

/** All lines of a message, newest first: one for each time it was settled. */
export async function findMessage(
  context: Context,
  connectionId: string,
  messageId: string,
): Promise<FoundLines> {
  const found: FoundLines = { lines: [], damaged: [] };
  const steps = scan(context, connectionId, prepareFilter({ messageId }), { newestFirst: true });
  for await (const { line, damaged } of steps) {
    if (line !== undefined) found.lines.push(line);
    if (damaged !== undefined) found.damaged.push(damaged);
  }
  return found;
}
