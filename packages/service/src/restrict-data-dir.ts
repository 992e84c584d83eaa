import { chmodSync, lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";

/** All that the processes and scripts keep in the data folder. Whatever else stands there is somebody else's. */
const ours = ["imports", "redis", "spool", "dashboard-password", "running.json", "secret-key"];

const sticky = 0o1000;

/**
 * Restricts the data folder and what we keep in it to its owner: folders 700, files 600. By path alone, never
 * opened: closing any descriptor of a SQLite file drops the locks that this process holds on it. What another user owns
 * is left to that user, and a folder that all share, such as /tmp, stays open.
 */
export function restrictDataDir(folder: string): void {
  const stats = find(folder);
  if (stats === undefined) return;
  if ((stats.mode & sticky) === 0) restrict(folder, stats);
  for (const name of ours) restrictAll(join(folder, name));
}

function restrictAll(path: string): void {
  const stats = find(path);
  if (stats === undefined) return;
  restrict(path, stats);
  if (stats.isDirectory()) for (const name of list(path)) restrictAll(join(path, name));
}

function restrict(path: string, stats: Stats): void {
  const isOurs = stats.uid === process.geteuid?.();
  // A link has no mode of its own: changing it would change what it leads to.
  if (!isOurs || !(stats.isDirectory() || stats.isFile())) return;
  unlessGone(() => chmodSync(path, stats.isDirectory() ? 0o700 : 0o600));
}

const find = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

const list = (path: string): string[] => unlessGone(() => readdirSync(path)) ?? [];

/** Another process may remove its own file meanwhile. */
function unlessGone<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
