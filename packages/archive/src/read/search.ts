import type { Context } from "../context.ts";
import type { FoundLines } from "./find-message.ts";
import { type LineFilter, prepareFilter } from "./line-filter.ts";
import { type Position, readCursor, writeCursor } from "./position.ts";
import { scan } from "./scan.ts";
import type { ScanStep } from "./scan-step.ts";

export type SearchOptions = {
  /** Lines to give at most. Default 50. */
  limit?: number | undefined;
  /** From an earlier answer, to go on behind it. */
  cursor?: string | undefined;
  /** How long to search before answering with what was found. Default 200. */
  budgetMs?: number | undefined;
};

export type SearchPage = FoundLines & {
  /** To go on from here; absent when everything was searched. */
  cursor?: string;
  /** About how far back it searched: when the last messages it looked at were received, in Unix milliseconds. */
  searchedToMs?: number;
};

/**
 * The newest lines that pass the filter. It answers within its budget, with a cursor when there is more to search. If not
 * even one segment can be read within the budget, it waits for that one: each page gets further.
 */
export async function search(
  context: Context,
  connectionId: string,
  filter: LineFilter,
  options: SearchOptions = {},
): Promise<SearchPage> {
  const { limit = 50, budgetMs = 200 } = options;
  let position: Position | undefined = options.cursor === undefined ? undefined : readCursor(options.cursor);
  const steps = scan(context, connectionId, prepareFilter(filter), { newestFirst: true, after: position });
  const page: SearchPage = { lines: [], damaged: [] };
  using timeout = createTimeout(budgetMs);
  for (let hasMoved = false; page.lines.length < limit; hasMoved = true) {
    const next = steps.next();
    const step = hasMoved ? await Promise.race([next, timeout.over]) : await next;
    if (step === undefined) {
      endLater(steps, next);
      break;
    }
    if (step.done) return page;
    const { line, damaged, receivedMs } = step.value;
    if (line !== undefined) page.lines.push(line);
    if (damaged !== undefined) page.damaged.push(damaged);
    if (receivedMs !== undefined) page.searchedToMs = receivedMs;
    position = step.value.position;
    if (timeout.isOver()) break;
  }
  if (position !== undefined) page.cursor = writeCursor(position);
  return page;
}

function createTimeout(budgetMs: number) {
  const endsAt = performance.now() + budgetMs;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  // A timer cannot wait for infinity.
  const timer = Number.isFinite(budgetMs) ? setTimeout(() => resolve(undefined), budgetMs) : undefined;
  return {
    over: promise,
    isOver: () => performance.now() >= endsAt,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** What is being read for the next step comes too late: neither it nor an error of it is wanted. */
function endLater(steps: AsyncGenerator<ScanStep>, next: Promise<unknown>): void {
  next.catch(() => {});
  steps.return(undefined).catch(() => {});
}
