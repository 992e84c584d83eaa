import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { restrictDataDir } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { countRefused } from "./count-refused.ts";
import type { RefusedLine } from "./read-call.ts";

/** How far an import has come. */
export type Totals = {
  /** All lines up to this one are settled. */
  line: number;
  sent: number;
  /** Of those sent, the messages that the intake had before, and those that it could not compare. */
  known: number;
  unchecked: number;
  refused: number;
  /** By reason and field. */
  refusedBy: { [reason: string]: number };
  /** Of the file that lists what was refused. */
  refusedBytes: number;
};

/** Written down after each batch, so that an import goes on where it was, however it ended. */
export type ImportState = {
  readonly totals: Totals;
  fileBytes: number;
  /** Lists the refused lines as NDJSON. */
  refusedFile: string;
  settle(
    batch: Pick<Totals, "sent" | "known" | "unchecked"> & { lastLine: number; refused: RefusedLine[] },
  ): Promise<void>;
  /** The import is done: the next one of this file begins anew. */
  finish(): Promise<void>;
};

const nothingYet: Totals = {
  line: 0,
  sent: 0,
  known: 0,
  unchecked: 0,
  refused: 0,
  refusedBy: {},
  refusedBytes: 0,
};

/** One state a file, intake and write key; a file that has changed begins anew. */
export async function openImportState(options: {
  file: string;
  intakeUrl: string;
  writeKey: string;
  dataDir: string;
}): Promise<ImportState> {
  const { file, intakeUrl, writeKey, dataDir } = options;
  const { size, mtimeMs } = await stat(file).catch((error: Error) => {
    if (file === "-")
      throw new CommandError("an import reads a file, to continue where it was stopped: not standard input");
    throw new CommandError(`the file cannot be read: ${error.message}`);
  });
  const folder = join(dataDir, "imports");
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new CommandError(
      `what was sent is written down in DATA_DIR, which cannot be written: ${error.message}`,
    );
  });
  restrictDataDir(dataDir);
  const which = createHash("sha256")
    .update([resolve(file), intakeUrl, writeKey].join("\n"))
    .digest("hex");
  const path = join(folder, `${basename(file)}-${which.slice(0, 16)}`);
  const stateFile = `${path}.json`;
  const refusedFile = `${path}.refused.ndjson`;
  const version = `${size} ${mtimeMs}`;

  let totals = (await readTotals(stateFile, version)) ?? nothingYet;
  if (totals.line === 0) await rm(refusedFile, { force: true });
  else if (totals.refusedBytes > 0) await truncate(refusedFile, totals.refusedBytes);

  return {
    get totals() {
      return totals;
    },
    fileBytes: size,
    refusedFile,
    async settle({ lastLine, sent, known, unchecked, refused }) {
      const list = refused.map((line) => `${JSON.stringify(line)}\n`).join("");
      if (list !== "") await appendFile(refusedFile, list);
      totals = {
        line: lastLine,
        sent: totals.sent + sent,
        known: totals.known + known,
        unchecked: totals.unchecked + unchecked,
        refused: totals.refused + refused.length,
        refusedBy: countRefused(totals.refusedBy, refused),
        refusedBytes: totals.refusedBytes + Buffer.byteLength(list),
      };
      // In one step: what is cut short would say less than was sent.
      await writeFile(`${stateFile}.new`, JSON.stringify({ version, standing: totals }), { mode: 0o600 });
      await rename(`${stateFile}.new`, stateFile);
    },
    finish: () => rm(stateFile, { force: true }),
  };
}

async function readTotals(stateFile: string, version: string): Promise<Totals | undefined> {
  try {
    const state = JSON.parse(await readFile(stateFile, "utf8")) as { version: string; standing: Totals };
    if (state.version !== version) return undefined;
    // One that was begun by an earlier version says nothing of what was known.
    return {
      ...state.standing,
      known: state.standing.known ?? 0,
      unchecked: state.standing.unchecked ?? state.standing.sent,
    };
  } catch {
    // None, or not one of ours: then from the first line, which is safe.
    return undefined;
  }
}
