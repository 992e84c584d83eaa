import { isSound, type StoredRow, type Totals } from "../spool-row.ts";
import { openSpoolFile, type SpoolFile } from "./spool-file.ts";
import { isDamage } from "./spool-file-error.ts";
import { listSpools, nameNote, setAside } from "./spool-folder.ts";
import { lastPositions, totalsOf } from "./sum-rows.ts";

/** Rows per transaction, so that other writes wait little for the disk. */
const moveBytes = 1_000_000;

/** Beyond this many rows in sequence that cannot be read, a damaged file is taken to be at its end. */
const maxUnreadable = 100_000;

/** After this many of them the thread does something else first. */
const unreadableAtOnce = 1_000;

/** What a step of the adoption moved, and what a person has to know. */
export type AdoptionStep = {
  adopted: Totals[];
  problem?: string;
  /** The name of a spool that is empty now. */
  emptied?: string;
};

type OnDamage = (error: unknown) => void;

/**
 * Moves the rows of files that no process has open, step by step. The emptied files stay: deleting one while another
 * process opens it would delete that process's messages. A damaged file is set aside once its readable rows are moved;
 * one that cannot be opened for another reason stays. A crash in between leaves rows in both files; their job ids are
 * the same, so they are added once.
 */
export function* adoptOrphans(folder: string, file: SpoolFile): Generator<AdoptionStep, void> {
  for (const path of listSpools(folder)) {
    if (path === file.path) continue;
    const orphan = openOrphan(path);
    if (orphan === undefined) continue;
    if ("problem" in orphan) yield { adopted: [], problem: orphan.problem };
    else yield* adopt(orphan, file);
  }
}

function openOrphan(path: string): SpoolFile | { problem: string } | undefined {
  try {
    return openSpoolFile(path);
  } catch (error) {
    if (isDamage(error)) return { problem: setAsideFor(error, path, 0) };
    return { problem: `${path} cannot be opened and is left unchanged: ${messageOf(error)}` };
  }
}

function* adopt(from: SpoolFile, to: SpoolFile): Generator<AdoptionStep, void> {
  let damage: unknown;
  const onDamage: OnDamage = (error) => {
    damage ??= error;
  };
  let messages = 0;
  try {
    moveSources(from, to, onDamage);
    for (const rows of readAll(from, onDamage)) {
      if (rows.length > 0) {
        to.write({ rows, removals: [] });
        if (damage === undefined) removeFrom(from, rows, onDamage);
      }
      const adopted = totalsOf(rows);
      messages += adopted.reduce((sum, totals) => sum + totals.messages, 0);
      yield { adopted };
    }
    if (damage !== undefined) yield { adopted: [], problem: setAsideFor(damage, from.path, messages) };
    else yield* leave(from, onDamage);
  } finally {
    from.close();
  }
}

/** The emptied file keeps its name, by which it is known as one that has nothing. */
function* leave(file: SpoolFile, onDamage: OnDamage): Generator<AdoptionStep> {
  const emptied = unlessDamaged(() => {
    file.compact();
    return file.note(nameNote);
  }, onDamage);
  if (emptied !== undefined) yield { adopted: [], emptied };
}

function moveSources(from: SpoolFile, to: SpoolFile, onDamage: OnDamage): void {
  if (to.knownSources().writeKeys.length > 0) return;
  const sources = unlessDamaged(() => from.knownSources(), onDamage);
  if (sources) to.keepSources(sources);
}

/**
 * A file whose rows cannot be removed, on a full disk for example, is set aside too: they would be adopted repeatedly.
 */
function removeFrom(file: SpoolFile, rows: StoredRow[], onDamage: OnDamage): void {
  try {
    file.write({ rows: [], removals: lastPositions(rows) });
  } catch (error) {
    onDamage(error);
  }
}

/** All rows, by their positions; those that cannot be read are passed over. */
function* readAll(file: SpoolFile, onDamage: OnDamage): Generator<StoredRow[]> {
  let after = 0;
  let unreadable = 0;
  while (unreadable < maxUnreadable) {
    const rows = unlessDamaged(() => file.read({ after, maxBytes: moveBytes }), onDamage);
    if (rows === undefined) {
      after += 1;
      unreadable += 1;
      if (unreadable % unreadableAtOnce === 0) yield [];
      continue;
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.position;
    unreadable = 0;
    const sound = rows.filter(isSound);
    if (sound.length < rows.length) onDamage(new Error("some of its rows are invalid"));
    yield sound;
  }
}

function unlessDamaged<Value>(read: () => Value, onDamage: OnDamage): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    onDamage(error);
    return undefined;
  }
}

function setAsideFor(error: unknown, path: string, messages: number): string {
  const aside = setAside(path);
  return `${path} is damaged (${messageOf(error)}): ${messages} of its messages were recovered, and it is set aside as ${aside}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
