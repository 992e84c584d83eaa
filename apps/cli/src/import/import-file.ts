import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../command-error.ts";
import { intoBatches } from "./batches.ts";
import { openImportState } from "./import-state.ts";
import type { Progress } from "./progress.ts";
import { readLines } from "./read-lines.ts";
import type { ImportOptions } from "./read-options.ts";
import type { ImportReport } from "./report.ts";
import { type Answered, createSender } from "./send-batch.ts";

const nothing: Answered = { refused: [], known: 0, unchecked: 0 };

/**
 * Sends a file's calls to the intake, batch by batch in the order of its lines, so that each person's history keeps its
 * order. Aborted, it ends after the batch under way; the next import of the file goes on from there.
 */
export async function importFile(
  options: ImportOptions & { progress: Progress; signal: AbortSignal },
): Promise<ImportReport> {
  const { file, rate, progress, signal } = options;
  const state = await openImportState(options);
  const sender = createSender({ ...options, onWait: progress.wait });
  const { lines, shareOf } = readLines(file);
  const startedAt = performance.now();
  let sentNow = 0;
  if (state.totals.line > 0) progress.say(`Continuing after line ${state.totals.line.toLocaleString("en")}.`);

  const report = (isDone: boolean): ImportReport => ({
    isDone,
    lines: state.totals.line,
    sent: state.totals.sent,
    known: state.totals.known,
    unchecked: state.totals.unchecked,
    refusedLines: state.totals.refused,
    refusedBy: state.totals.refusedBy,
    refusedFile: state.refusedFile,
    tookMs: performance.now() - startedAt,
    sentNow,
  });

  try {
    for await (const { lastLine, bytes, calls, refused } of intoBatches(lines, {
      after: state.totals.line,
    })) {
      signal.throwIfAborted();
      const answered = calls.length > 0 ? await sender.send(calls) : nothing;
      const { known, unchecked } = answered;
      const sent = calls.length - answered.refused.length;
      sentNow += sent;
      await state.settle({ lastLine, sent, known, unchecked, refused: [...refused, ...answered.refused] });
      progress.show({
        line: lastLine,
        sentNow,
        known: state.totals.known,
        share: shareOf(bytes, state.fileBytes),
      });
      if (rate !== undefined) await sleepUntil(startedAt + (sentNow / rate) * 1_000, signal);
    }
  } catch (error) {
    if (signal.aborted) return report(false);
    if (!(error instanceof CommandError) || sentNow === 0) throw error;
    const { line } = state.totals;
    throw new CommandError(`${error.message} (all up to line ${line.toLocaleString("en")} is sent)`);
  }
  await state.finish();
  return report(true);
}

async function sleepUntil(time: number, signal: AbortSignal): Promise<void> {
  const waitMs = time - performance.now();
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
}
