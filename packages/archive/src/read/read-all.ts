import type { ArchivedMessage } from "../archived-message.ts";
import type { Context } from "../context.ts";
import { type LineFilter, prepareFilter } from "./line-filter.ts";
import { readCursor, writeCursor } from "./position.ts";
import { scan } from "./scan.ts";

export type ReadLine = {
  line: ArchivedMessage;
  /** To go on behind this line. */
  cursor: string;
};

/** All lines that pass the filter, from the oldest day on. Damaged segments are left out, with a warning. */
export async function* readAll(
  context: Context,
  connectionId: string,
  filter: LineFilter,
  { after }: { after?: string | undefined } = {},
): AsyncGenerator<ReadLine, void, undefined> {
  const position = after === undefined ? undefined : readCursor(after);
  const steps = scan(context, connectionId, prepareFilter(filter), { newestFirst: false, after: position });
  for await (const { line, position } of steps)
    if (line !== undefined) yield { line, cursor: writeCursor(position) };
}
