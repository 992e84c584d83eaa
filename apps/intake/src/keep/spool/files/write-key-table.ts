import type { DatabaseSync } from "node:sqlite";
import type { WriteKeyHashes } from "@customerio-router/connections";

export type WriteKeyTable = {
  writeKeys(): WriteKeyHashes;
  /** These and no others. */
  keepWriteKeys(writeKeys: WriteKeyHashes): void;
};

/** The write keys as they were known last, with the mark of the installation each was seen in. */
export function openWriteKeyTable(
  database: DatabaseSync,
  inTransaction: (change: () => void) => void,
): WriteKeyTable {
  /** An earlier version makes the table without marks; it reads and writes one that has them, too. */
  function addColumn(): void {
    const columns = database.prepare("SELECT name FROM pragma_table_info('writeKeys')").all();
    if (columns.some(({ name }) => name === "mark")) return;
    database.exec("ALTER TABLE writeKeys ADD COLUMN mark TEXT");
  }

  return {
    writeKeys: () =>
      database
        .prepare("SELECT * FROM writeKeys")
        .all()
        .map(({ hash, connectionId, mark = null }) => {
          const key: [string, string] = [String(hash), String(connectionId)];
          return mark === null ? key : [...key, String(mark)];
        }),
    keepWriteKeys(kept) {
      inTransaction(() => {
        addColumn();
        database.exec("DELETE FROM writeKeys");
        const add = database.prepare("INSERT INTO writeKeys (hash, connectionId, mark) VALUES (?, ?, ?)");
        for (const [hash, connectionId, mark = null] of kept) add.run(hash, connectionId, mark);
      });
    },
  };
}
