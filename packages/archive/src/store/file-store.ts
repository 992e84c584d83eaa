import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inOrder } from "../in-order.ts";
import { explainFileError } from "./explain-file-error.ts";
import type { Store, StoredFile } from "./store.ts";

const folderMode = 0o700;
const fileMode = 0o600;
const statsAtOnce = 32;

/** Unfinished files are here, beside what `*.ndjson.zst` of a query matches. */
const unfinished = "tmp";

/** A folder of a file system with hard links: a link never replaces a file, however late its writer wakes up. */
export function createFileStore(root: string): Store {
  const at = (path: string) => join(root, ...path.split("/"));

  const store: Omit<Store, "where" | typeof Symbol.asyncDispose> = {
    async list(folder) {
      const entries = await readdir(at(folder), { withFileTypes: true }).catch(emptyIfAbsent);
      const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      const files: StoredFile[] = [];
      const sized = inOrder(names, statsAtOnce, async (name) => ({
        name,
        bytes: await sizeOf(join(at(folder), name)),
      }));
      for await (const { name, bytes } of sized) if (bytes !== undefined) files.push({ name, bytes });
      return { folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name), files };
    },

    read: (path) => readFile(at(path)).catch(undefinedIfAbsent),

    async publish(path, bytes, mayWrite) {
      const target = at(path);
      const temporary = join(root, unfinished, randomBytes(12).toString("hex"));
      await makeFolder(dirname(temporary));
      await makeFolder(dirname(target));
      try {
        await writeSynced(temporary, bytes);
        if (!mayWrite()) return "refused";
        if (!(await linkOnce(temporary, target))) return "present";
        await syncFolder(dirname(target));
        return "written";
      } finally {
        await unlink(temporary).catch(undefinedIfAbsent);
      }
    },

    async remove(path) {
      await unlink(at(path)).catch(undefinedIfAbsent);
    },

    async removeFolder(folder) {
      await rmdir(at(folder)).catch((error: NodeJS.ErrnoException) => {
        if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code ?? "")) throw error;
      });
    },

    async removeUnfinished(olderThanMs) {
      const folder = join(root, unfinished);
      const names = await readdir(folder).catch(emptyIfAbsent);
      let removed = 0;
      for (const name of names) {
        const found = await stat(join(folder, name)).catch(undefinedIfAbsent);
        if (found === undefined || found.mtimeMs > Date.now() - olderThanMs) continue;
        await unlink(join(folder, name)).catch(undefinedIfAbsent);
        removed += 1;
      }
      return removed;
    },
  };

  return { ...explained(store, root), where: root, async [Symbol.asyncDispose]() {} };
}

/** Every method fails with an `ArchiveError`. */
function explained<Methods extends object>(methods: Methods, root: string): Methods {
  const entries = Object.entries(methods).map(([name, method]) => [
    name,
    (...args: unknown[]) =>
      (method as (...args: unknown[]) => Promise<unknown>)(...args).catch((error) => {
        throw explainFileError(error, root);
      }),
  ]);
  return Object.fromEntries(entries) as Methods;
}

/** On disk when it resolves. What a full disk left of it is removed by the caller. */
async function writeSynced(path: string, bytes: Buffer): Promise<void> {
  await using file = await open(path, "wx", fileMode);
  await file.writeFile(bytes);
  await file.sync();
}

/** A folder that was just emptied may be removed by its owner before the link. */
async function linkOnce(temporary: string, target: string): Promise<boolean> {
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
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: folderMode });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(undefinedIfAbsent))?.size;
}

function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

function emptyIfAbsent(error: NodeJS.ErrnoException): [] {
  if (error.code !== "ENOENT") throw error;
  return [];
}
