import type { DatabaseSync } from "node:sqlite";

export type NoteTable = {
  note(name: string): string | undefined;
  keepNote(name: string, text: string): void;
};

/** What a spool's file says beside its rows. Made with the first note, so that earlier versions open the file too. */
export function openNoteTable(
  database: DatabaseSync,
  inTransaction: (change: () => void) => void,
): NoteTable {
  const exists = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'notes'");

  return {
    note(name) {
      if (exists.get() === undefined) return undefined;
      const text = database.prepare("SELECT text FROM notes WHERE name = ?").get(name)?.text;
      return text === undefined ? undefined : String(text);
    },
    keepNote(name, text) {
      inTransaction(() => {
        database.exec("CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT");
        database.prepare("INSERT OR REPLACE INTO notes (name, text) VALUES (?, ?)").run(name, text);
      });
    },
  };
}
