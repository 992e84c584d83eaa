import { relative } from "node:path";
import { clock } from "./clock.ts";
import type { DryRun } from "./dry-run.ts";

export type ImportReport = {
  /** False when it was stopped before the end of the file. */
  isDone: boolean;
  lines: number;
  /** Messages the intake took, in this run and in those it went on from. */
  sent: number;
  /** Of those, the messages that the intake had before, and those that it could not compare with what it had. */
  known: number;
  unchecked: number;
  refusedLines: number;
  /** By reason and field. */
  refusedBy: { [reason: string]: number };
  refusedFile: string;
  tookMs: number;
  sentNow: number;
};

/** For a file of which no line can be sent. */
const expectedFile =
  "An import reads NDJSON: each line is a call of its own, as a JSON object in UTF-8, without commas or brackets between the lines.";

/** What became of the file, for a person to read. */
export function formatReport(report: ImportReport): string {
  const { isDone, lines, sent, known, unchecked, refusedLines, refusedBy, refusedFile, tookMs } = report;
  return [
    isDone
      ? `Imported ${messages(sent)} of ${linesOf(lines)} in ${clock(tookMs / 1_000)}.`
      : `Stopped after line ${lines.toLocaleString("en")}, ${messages(sent)} sent. Run the same command to continue.`,
    ...(known === 0
      ? []
      : [`Of these, ${known.toLocaleString("en")} ${known === 1 ? "was" : "were"} known already.`]),
    ...(unchecked === 0
      ? []
      : [
          `Of these, ${unchecked.toLocaleString("en")} could not be compared with the known ones: they are in the intake's spool, which leaves out repeated ones later, or REMEMBERED_IDS is 0.`,
        ]),
    ...(refusedLines === 0
      ? []
      : [
          `${linesOf(refusedLines)} ${refusedLines === 1 ? "was" : "were"} refused, by reason and field:`,
          ...rows(refusedBy),
          ...(sent === 0 ? [expectedFile] : []),
          `Each of them, with its line number and its reason: ${relative(process.cwd(), refusedFile)}`,
        ]),
    ...(sent === 0
      ? []
      : [`See what was delivered: npm run cli -- ledger, or the dashboard's page Messages.`]),
  ].join("\n");
}

/** What an import of the file would do, for a person to read. */
export function formatDryRun({ lines, calls, callsBy, refusedLines, refusedBy, refused }: DryRun): string {
  return [
    `${messages(calls)} of ${linesOf(lines)} would be sent; nothing was${calls === 0 ? "." : ":"}`,
    ...rows(callsBy),
    ...(refusedLines === 0
      ? []
      : [
          `${linesOf(refusedLines)} would be refused, by reason and field:`,
          ...rows(refusedBy),
          ...(calls === 0 ? [expectedFile] : []),
          refused.length < refusedLines ? `The first ${refused.length} of them:` : "Each of them:",
          ...refused.map(({ line, message, text }) => `  line ${line}: ${message} ${excerpt(text)}`),
        ]),
  ].join("\n");
}

/** The most frequent first. */
function rows(counts: { [name: string]: number }): string[] {
  return Object.entries(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `  ${count.toLocaleString("en").padStart(9)}  ${name}`);
}

/** Without what would steer a terminal. */
function excerpt(text: string): string {
  const shown = text.slice(0, 80).replaceAll(/\p{Cc}/gu, "\u{fffd}");
  return text.length > 80 ? `${shown} ...` : shown;
}

function linesOf(count: number): string {
  return count === 1 ? "1 line" : `${count.toLocaleString("en")} lines`;
}

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count.toLocaleString("en")} messages`;
}
