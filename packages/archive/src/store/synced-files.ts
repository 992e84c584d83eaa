import { link, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

const folderMode = 0o700;
const fileMode = 0o600;

/** On disk when it resolves. What a full disk left of it is removed by the caller. */
export async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  await using file = await open(path, "wx", fileMode);
  await file.writeFile(bytes);
  await file.sync();
}

/** A folder that was just emptied may be removed by its owner before the link. */
export async function linkOnce(temporary: string, target: string): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      await link(temporary, target);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return false;
      if (code !== "ENOENT" || tries === 3) throw error;
      await makeFolder(dirname(target));
    }
  }
}

/** With each folder it made on disk by name. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: folderMode });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}

export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(undefinedIfAbsent))?.size;
}

export function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

export function emptyIfAbsent(error: NodeJS.ErrnoException): [] {
  if (error.code !== "ENOENT") throw error;
  return [];
}
