import type { DatabaseSync } from "node:sqlite";
import type { KnownSources } from "@customerio-router/connections";
import type { NoteTable } from "./note-table.ts";

type Route = KnownSources["routes"][number];

/** The version that the connections in Redis had when they were read. */
const versionNote = "connections-version";

export type WriteKeyTable = {
  knownSources(): KnownSources;
  /** These and no others. */
  keepSources(sources: KnownSources): void;
};

/**
 * The write keys as they were known last, with the mark of the installation each was seen in, and where they lead to. The
 * column `connectionId` has the id of the source: in files of earlier versions that is the connection's, whose own source has
 * the same id. So the file needs no migration but a new table, which earlier versions leave alone.
 */
export function openWriteKeyTable(
  database: DatabaseSync,
  inTransaction: (change: () => void) => void,
  notes: NoteTable,
): WriteKeyTable {
  const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'routes'");

  /** An earlier version makes the tables without marks and routes; it reads and writes a file that has them, too. */
  function addMissing(): void {
    database.exec(
      "CREATE TABLE IF NOT EXISTS routes (sourceId TEXT PRIMARY KEY, route TEXT NOT NULL) STRICT",
    );
    const columns = database.prepare("SELECT name FROM pragma_table_info('writeKeys')").all();
    if (columns.some(({ name }) => name === "mark")) return;
    database.exec("ALTER TABLE writeKeys ADD COLUMN mark TEXT");
  }

  function routes(): Route[] {
    if (exists.get() === undefined) return [];
    const rows = database.prepare("SELECT route FROM routes").all();
    return rows.map(({ route }) => JSON.parse(String(route)) as Route);
  }

  return {
    knownSources: () => {
      const version = notes.note(versionNote);
      return {
        writeKeys: database
          .prepare("SELECT * FROM writeKeys")
          .all()
          .map(({ hash, connectionId, mark = null }) => {
            const key: [string, string] = [String(hash), String(connectionId)];
            return mark === null ? key : [...key, String(mark)];
          }),
        routes: routes(),
        ...(version !== undefined && { version: Number(version) }),
      };
    },
    keepSources(kept) {
      inTransaction(() => {
        addMissing();
        database.exec("DELETE FROM writeKeys; DELETE FROM routes");
        const add = database.prepare("INSERT INTO writeKeys (hash, connectionId, mark) VALUES (?, ?, ?)");
        for (const [hash, sourceId, mark = null] of kept.writeKeys) add.run(hash, sourceId, mark);
        const addRoute = database.prepare("INSERT INTO routes (sourceId, route) VALUES (?, ?)");
        for (const route of kept.routes) addRoute.run(route.id, JSON.stringify(route));
      });
      if (kept.version !== undefined) notes.keepNote(versionNote, String(kept.version));
    },
  };
}
