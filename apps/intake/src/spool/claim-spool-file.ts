import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSpoolFile, type SpoolFile } from "./spool-file.ts";
import type { Standing } from "./spool-row.ts";

/** As many intakes may share a folder. */
const mostFiles = 1_000;

/** Rows are moved in transactions of this size. */
const moveBytes = 4_000_000;

/** Opens the first spool of a folder that no other process has open: each intake has its own. */
export function claimSpoolFile(folder: string): SpoolFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let number = 1; number <= mostFiles; number++) {
    const file = openSpoolFile(pathOf(folder, number));
    if (file) return file;
  }
  throw new Error(`${mostFiles} intakes use ${folder} already`);
}

/**
 * Moves what stands in files nobody has open, since their intakes are gone, and says what it was. The emptied files stay: one that is deleted while
 * another process opens it would take that one's messages along.
 */
export function adoptOrphans(folder: string, file: SpoolFile): Standing[] {
  const adopted: Standing[] = [];
  for (let number = 1; existsSync(pathOf(folder, number)); number++) {
    if (pathOf(folder, number) === file.path) continue;
    const orphan = openSpoolFile(pathOf(folder, number));
    if (!orphan) continue;
    try {
      adopted.push(...orphan.standings());
      moveAll(orphan, file);
    } finally {
      orphan.close();
    }
  }
  return adopted;
}

/** A crash in between leaves rows in both; their job ids are the same, so that they are added once. */
function moveAll(from: SpoolFile, to: SpoolFile): void {
  if (to.writeKeys().length === 0) to.keepWriteKeys(from.writeKeys());
  let rows = from.read({ mostBytes: moveBytes });
  while (rows.length > 0) {
    to.write({ rows, removals: [] });
    from.write({ rows: [], removals: rows });
    rows = from.read({ mostBytes: moveBytes });
  }
}

function pathOf(folder: string, number: number): string {
  return join(folder, `spool-${number}.sqlite`);
}
