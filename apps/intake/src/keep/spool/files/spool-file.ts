import { DatabaseSync } from "node:sqlite";
import type { SpoolChange, SpoolRow, StoredRow, Totals } from "../spool-row.ts";
import { type HeldRows, openHeldRows } from "./held-rows.ts";
import { type NoteTable, openNoteTable } from "./note-table.ts";
import { isDamage, nameDiskError, sqliteCode } from "./spool-file-error.ts";
import { openWriteKeyTable, type WriteKeyTable } from "./write-key-table.ts";

/** The format of stored data that changed the tables below last. */
const version = 1;

const tables = `
  CREATE TABLE jobs (
    position INTEGER PRIMARY KEY,
    connectionId TEXT NOT NULL,
    jobId TEXT NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    digests TEXT NOT NULL,
    messages INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    madeAtMs INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX jobsByConnection ON jobs (connectionId, position);
  CREATE TABLE writeKeys (hash TEXT PRIMARY KEY, connectionId TEXT NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${version};`;

/**
 * Exclusive: the lock is kept as long as the file is open and ends with the process, however it ends. Full: a
 * transaction is on disk when it is over. Secure: what is deleted is overwritten with zeros.
 */
const pragmas = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;`;

/** Says that the file has no remains of deleted rows. */
const cleanNote = "clean";

/** Which rows: of one connection or of all, behind a position, at most this many bytes but one row at least. */
type RowQuery = { connectionId?: string | undefined; after?: number; maxBytes: number };

/** The spool on disk, one SQLite file, in the hands of one process. Every method blocks until the disk is done. */
export type SpoolFile = WriteKeyTable &
  HeldRows &
  NoteTable & {
    readonly path: string;
    /** All of it or nothing; on disk when it returns. Without any change it tries whether the disk takes something. */
    write(change: SpoolChange): void;
    /** The oldest rows. Rows before one that cannot be read are given; @throws when it is the first of them */
    read(query: RowQuery): StoredRow[];
    /** Gives rows other data. */
    replaceData(rows: { position: number; data: string }[]): void;
    /** Leaves nothing of what was deleted or replaced in the file or its log. */
    compact(): void;
    totals(): Totals[];
    /** @throws what `isDamage` knows when anything but the contents of rows is damaged; reads all of the file */
    check(): void;
    close(): void;
  };

/**
 * Opens the file, makes it when there is none; undefined when another process has it open.
 * @throws what `isDamage` knows when the file is damaged
 */
export function openSpoolFile(path: string): SpoolFile | undefined {
  const database = new DatabaseSync(path);
  try {
    database.exec(pragmas);
    // The first transaction takes the lock.
    database.exec("BEGIN IMMEDIATE; COMMIT");
    makeTables(database);
    return withStatements(database, path);
  } catch (error) {
    database.close();
    if (sqliteCode(error) === "busy") return undefined;
    throw error;
  }
}

function makeTables(database: DatabaseSync): void {
  const found = database.prepare("PRAGMA user_version").get()?.user_version;
  if (found === 0) inTransaction(database, () => database.exec(tables));
  else if (found !== version)
    throw new Error(
      `it has format ${found}, and this version reads format ${version}: start the version that wrote it to drain it`,
    );
}

function inTransaction(database: DatabaseSync, change: () => void): void {
  try {
    database.exec("BEGIN");
    change();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw nameDiskError(error);
  }
}

function withStatements(database: DatabaseSync, path: string): SpoolFile {
  const insert = database.prepare(
    `INSERT INTO jobs (connectionId, jobId, name, data, digests, messages, bytes, madeAtMs)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const replace = database.prepare("UPDATE jobs SET data = ? WHERE position = ?");
  const notes = openNoteTable(database, (change) => inTransaction(database, change));
  const remove = database.prepare("DELETE FROM jobs WHERE connectionId = ? AND position <= ?");
  const oldest = database.prepare("SELECT * FROM jobs WHERE position > ? ORDER BY position");
  const oldestOf = database.prepare(
    "SELECT * FROM jobs WHERE connectionId = ? AND position > ? ORDER BY position",
  );
  const sums = database.prepare(
    `SELECT connectionId, sum(messages) AS messages, sum(bytes) AS bytes, min(madeAtMs) AS oldestAtMs
     FROM jobs GROUP BY connectionId`,
  );

  const add = ({ connectionId, jobId, name, data, digests, messages, bytes, madeAtMs }: SpoolRow) =>
    insert.run(connectionId, jobId, name, data, digests, messages, bytes, madeAtMs);

  return {
    path,

    write({ rows, removals }) {
      inTransaction(database, () => {
        for (const row of rows) add(row);
        for (const { connectionId, position } of removals) remove.run(connectionId, position);
        // Writes the first page, though it changes nothing.
        if (rows.length + removals.length === 0) database.exec(`PRAGMA user_version = ${version}`);
      });
    },

    read({ connectionId, after = 0, maxBytes }) {
      const found =
        connectionId === undefined ? oldest.iterate(after) : oldestOf.iterate(connectionId, after);
      const rows: StoredRow[] = [];
      let bytes = 0;
      try {
        for (const row of found as Iterable<StoredRow>) {
          bytes += row.bytes;
          if (rows.length > 0 && bytes > maxBytes) break;
          rows.push({ ...row });
        }
      } catch (error) {
        if (rows.length === 0 || !isDamage(error)) throw error;
      }
      return rows;
    },

    check() {
      const { quick_check: found } = database.prepare("PRAGMA quick_check(1)").get() ?? {};
      if (found !== "ok") throw new Error(`malformed: ${found}`);
    },

    replaceData(rows) {
      inTransaction(database, () => {
        for (const { position, data } of rows) replace.run(data, position);
      });
    },

    compact() {
      // Earlier versions deleted without overwriting.
      if (notes.note(cleanNote) === undefined) {
        database.exec("VACUUM");
        notes.keepNote(cleanNote, "1");
      }
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    },

    totals: () => sums.all().map((sum) => ({ ...sum }) as Totals),

    ...notes,
    ...openWriteKeyTable(database, (change) => inTransaction(database, change), notes),
    ...openHeldRows(database, (change) => inTransaction(database, change)),

    close: () => database.close(),
  };
}
