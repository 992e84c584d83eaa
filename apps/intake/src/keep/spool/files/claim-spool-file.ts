import { mkdirSync } from "node:fs";
import type { Totals } from "../spool-row.ts";
import { openSpoolFile, type SpoolFile } from "./spool-file.ts";
import { listSpools, newSpoolPaths } from "./spool-folder.ts";

/** A spool's file, and its contents when it was opened. */
type Claim = { file: SpoolFile; totals: Totals[] };

/**
 * Opens the folder's first sound spool that no other process has open, or creates one: each intake has its own. The
 * adoption handles files that cannot be opened or read.
 * @throws when none can be created
 */
export function claimSpoolFile(folder: string): Claim {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const path of listSpools(folder)) {
    const claim = tryClaim(path);
    if (claim) return claim;
  }
  for (const path of newSpoolPaths(folder)) {
    const file = openSpoolFile(path);
    if (file) return { file, totals: [] };
  }
  throw new Error(`Cannot create a spool in ${folder}`);
}

function tryClaim(path: string): Claim | undefined {
  let file: SpoolFile | undefined;
  try {
    file = openSpoolFile(path);
    file?.check();
    return file && { file, totals: file.totals() };
  } catch {
    // The adoption, which comes next, reports the problem.
    file?.close();
    return undefined;
  }
}
