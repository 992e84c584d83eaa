import { stat } from "node:fs/promises";
import { intoBatches } from "./batches.ts";
import { countRefused } from "./count-refused.ts";
import type { Progress } from "./progress.ts";
import type { RefusedLine } from "./read-call.ts";
import { readLines } from "./read-lines.ts";

export type DryRun = {
  lines: number;
  calls: number;
  callsBy: { [type: string]: number };
  refusedLines: number;
  /** By reason and field. */
  refusedBy: { [reason: string]: number };
  /** The first few. */
  refused: RefusedLine[];
};

const shownLines = 20;

/** Reads a file as an import does, and sends and keeps nothing. */
export async function runDry({ file, progress }: { file: string; progress: Progress }): Promise<DryRun> {
  const { lines, shareOf } = readLines(file);
  const fileBytes = (await stat(file).catch(() => undefined))?.size ?? 0;
  const run: DryRun = { lines: 0, calls: 0, callsBy: {}, refusedLines: 0, refusedBy: {}, refused: [] };
  for await (const { lastLine, bytes, calls, refused } of intoBatches(lines, { after: 0 })) {
    run.lines = lastLine;
    run.calls += calls.length;
    for (const { type } of calls) run.callsBy[type] = (run.callsBy[type] ?? 0) + 1;
    run.refusedLines += refused.length;
    run.refusedBy = countRefused(run.refusedBy, refused);
    run.refused.push(...refused.slice(0, shownLines - run.refused.length));
    progress.show({ line: lastLine, sentNow: run.calls, share: shareOf(bytes, fileBytes) });
  }
  return run;
}
