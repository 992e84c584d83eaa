import { relative } from "node:path";
import { clock } from "./clock.ts";

export type ImportReport = {
  /** False when it was stopped before the end of the file. */
  isDone: boolean;
  lines: number;
  /** Messages the intake took, in this run and in those it went on from. */
  sent: number;
  refusedLines: number;
  /** By reason and field. */
  refusedBy: { [reason: string]: number };
  refusedFile: string;
  tookMs: number;
  sentNow: number;
};

/** What became of the file, for a person to read. */
export function formatReport(report: ImportReport): string {
  const { isDone, lines, sent, refusedLines, refusedBy, refusedFile, tookMs } = report;
  const rows = Object.entries(refusedBy)
    .toSorted(([, one], [, other]) => other - one)
    .map(([why, count]) => `  ${count.toLocaleString("en").padStart(9)}  ${why}`);
  return [
    isDone
      ? `Imported ${messages(sent)} of ${lines.toLocaleString("en")} lines in ${clock(tookMs / 1_000)}.`
      : `Stopped after line ${lines.toLocaleString("en")}, ${messages(sent)} sent. Run the same command to continue.`,
    ...(refusedLines === 0
      ? []
      : [
          `${refusedLines.toLocaleString("en")} lines were refused, by reason and field:`,
          ...rows,
          `Each of them, with its line number: ${relative(process.cwd(), refusedFile)}`,
        ]),
  ].join("\n");
}

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count.toLocaleString("en")} messages`;
}
