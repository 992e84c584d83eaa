import { copyFile, rm, stat } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../command-error.ts";

/** Longer than a file system's clock ticks: a file that was changed since has another time. */
const quietMs = 100;
const attempts = 100;

/**
 * Copies one spool, an SQLite file that its intake has locked, and gives how many messages the copy has. The intake appends
 * to the file's log, and changes the file itself only now and then, when it moves the log into it. A copy of a file that did
 * not change, and then of its log, is the spool at one moment: what was being appended is cut off when the copy is opened.
 */
export async function copySpool(from: string, to: string): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    await rm(`${to}-wal`, { force: true });
    if (await copyUnchanged(from, to)) return await closeCopy(to);
    await sleep(quietMs);
  }
  throw new CommandError(`${from} changes too often to be copied: try again, or stop its intake first.`);
}

async function copyUnchanged(from: string, to: string): Promise<boolean> {
  const before = await stat(from, { bigint: true });
  if (Date.now() - Number(before.mtimeMs) < quietMs) return false;
  await copyFile(from, to);
  await copyFile(`${from}-wal`, `${to}-wal`).catch((error: NodeJS.ErrnoException) => {
    // It was closed well: all is in the file.
    if (error.code !== "ENOENT") throw error;
  });
  const after = await stat(from, { bigint: true });
  return before.mtimeNs === after.mtimeNs && before.size === after.size;
}

/** Moves the log into the copy, so that it is one file. One that is damaged stays as it is, for an intake to recover. */
async function closeCopy(path: string): Promise<number> {
  const database = new DatabaseSync(path);
  try {
    const [{ messages } = { messages: 0 }] = database
      .prepare("SELECT ifnull(sum(messages), 0) AS messages FROM jobs")
      .all();
    database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
    return Number(messages);
  } finally {
    database.close();
  }
}
