import { DatabaseSync } from "node:sqlite";
import type { WriteKeyHashes } from "@customerio-router/connections";
import type { SpoolChange, SpoolRow, Standing, StoredRow } from "./spool-row.ts";

/** Every change of the tables below raises it. */
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
 * transaction is on disk when it is over.
 */
const pragmas = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;`;

/** SQLite's SQLITE_BUSY. */
const busy = 5;

/** The spool on disk, one SQLite file, in the hands of one process. Every method blocks until the disk is done. */
export type SpoolFile = {
  readonly path: string;
  /** All of it or nothing; on disk when it returns. */
  write(change: SpoolChange): void;
  /** The oldest rows, of one connection or of all, so many bytes at most but one at least. */
  read(options: { connectionId?: string | undefined; mostBytes: number }): StoredRow[];
  standings(): Standing[];
  writeKeys(): WriteKeyHashes;
  /** These and no others. */
  keepWriteKeys(writeKeys: WriteKeyHashes): void;
  close(): void;
};

/** Opens the file, makes it when there is none; undefined when another process has it open. */
export function openSpoolFile(path: string): SpoolFile | undefined {
  const database = new DatabaseSync(path);
  try {
    database.exec(pragmas);
    // The first transaction takes the lock.
    database.exec("BEGIN IMMEDIATE; COMMIT");
    makeTables(database, path);
    return withStatements(database, path);
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busy) return undefined;
    throw error;
  }
}

function makeTables(database: DatabaseSync, path: string): void {
  const found = database.prepare("PRAGMA user_version").get()?.user_version;
  if (found === 0) inTransaction(database, () => database.exec(tables));
  else if (found !== version) throw new Error(`${path} was written by another version (${found})`);
}

function inTransaction(database: DatabaseSync, change: () => void): void {
  database.exec("BEGIN");
  try {
    change();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function withStatements(database: DatabaseSync, path: string): SpoolFile {
  const insert = database.prepare(
    `INSERT INTO jobs (connectionId, jobId, name, data, digests, messages, bytes, madeAtMs)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare("DELETE FROM jobs WHERE connectionId = ? AND position <= ?");
  const oldest = database.prepare("SELECT * FROM jobs ORDER BY position");
  const oldestOf = database.prepare("SELECT * FROM jobs WHERE connectionId = ? ORDER BY position");
  const sums = database.prepare(
    `SELECT connectionId, sum(messages) AS messages, sum(bytes) AS bytes, min(madeAtMs) AS oldestAtMs
     FROM jobs GROUP BY connectionId`,
  );
  const writeKeys = database.prepare("SELECT hash, connectionId FROM writeKeys");
  const addWriteKey = database.prepare("INSERT INTO writeKeys (hash, connectionId) VALUES (?, ?)");

  const add = ({ connectionId, jobId, name, data, digests, messages, bytes, madeAtMs }: SpoolRow) =>
    insert.run(connectionId, jobId, name, data, digests, messages, bytes, madeAtMs);

  return {
    path,

    write({ rows, removals }) {
      inTransaction(database, () => {
        for (const row of rows) add(row);
        for (const { connectionId, position } of removals) remove.run(connectionId, position);
      });
    },

    read({ connectionId, mostBytes }) {
      const found = connectionId === undefined ? oldest.iterate() : oldestOf.iterate(connectionId);
      const rows: StoredRow[] = [];
      let bytes = 0;
      for (const row of found as Iterable<StoredRow>) {
        bytes += row.bytes;
        if (rows.length > 0 && bytes > mostBytes) break;
        rows.push({ ...row });
      }
      return rows;
    },

    standings: () => sums.all().map((sum) => ({ ...sum }) as Standing),

    writeKeys: () => writeKeys.all().map(({ hash, connectionId }) => [String(hash), String(connectionId)]),

    keepWriteKeys(kept) {
      inTransaction(database, () => {
        database.exec("DELETE FROM writeKeys");
        for (const [hash, connectionId] of kept) addWriteKey.run(hash, connectionId);
      });
    },

    close: () => database.close(),
  };
}
