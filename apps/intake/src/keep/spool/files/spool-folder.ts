import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";

/** A name is never given again while anything of it is in the folder: not to a file that was set aside either. */
const namePattern = /^spool-(\d+)\./;
const spoolPattern = /^spool-(\d+)\.sqlite$/;
const setAsidePattern = /^spool-\d+\.set-aside-.*\.sqlite$/;

/** The paths of all spools of a folder, by their numbers, however many are missing in between. */
export function listSpools(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => spoolPattern.test(name));
  const numberOf = (name: string) => Number(spoolPattern.exec(name)?.[1]);
  return names.sort((a, b) => numberOf(a) - numberOf(b)).map((name) => join(folder, name));
}

/** The paths spools that are to be made may have: in turn, as another process may make one at the same time. */
export function* newSpoolPaths(folder: string): Generator<string> {
  const numbers = readdirSync(folder).map((name) => Number(namePattern.exec(name)?.[1] ?? 0));
  for (let number = Math.max(0, ...numbers) + 1; ; number++) yield join(folder, `spool-${number}.sqlite`);
}

/** The names of set-aside files that are still in the folder. */
export function listSetAside(folder: string): string[] {
  return readdirSync(folder).filter((name) => setAsidePattern.test(name));
}

/** Names a spool so that no intake opens it any more. What is in its log goes along, if it has not been closed well. */
export function setAside(path: string): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const aside = path.replace(/\.sqlite$/, `.set-aside-${time}.sqlite`);
  renameSync(path, aside);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
  return aside;
}

/** The note of a file that has its spool's name, by which Redis knows it. */
export const nameNote = "name";
