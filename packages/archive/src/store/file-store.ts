import { randomBytes } from "node:crypto";
import { readdir, readFile, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inOrder } from "../in-order.ts";
import { explainFileError } from "./explain-file-error.ts";
import type { Store, StoredFile } from "./store.ts";
import {
  emptyIfAbsent,
  linkOnce,
  makeFolder,
  sizeOf,
  syncFolder,
  undefinedIfAbsent,
  writeSynced,
} from "./synced-files.ts";
import { untilSame } from "./until-same.ts";

const statsAtOnce = 32;

/** Unfinished files are here, beside what `*.ndjson.zst` of a query matches. */
const unfinished = "tmp";

/** A folder of a file system with hard links: a link never replaces a file, however late its writer wakes up. */
export function createFileStore(root: string): Store {
  const at = (path: string) => join(root, ...path.split("/"));

  const store: Omit<Store, "where" | typeof Symbol.asyncDispose> = {
    async list(folder) {
      const { folders, names } = await untilSame(await listNames(at(folder)), () => listNames(at(folder)));
      const files: StoredFile[] = [];
      const sized = inOrder(names, statsAtOnce, async (name) => ({
        name,
        bytes: await sizeOf(join(at(folder), name)),
      }));
      for await (const { name, bytes } of sized) if (bytes !== undefined) files.push({ name, bytes });
      return { folders, files };
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

async function listNames(folder: string): Promise<{ folders: string[]; names: string[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(emptyIfAbsent);
  return {
    folders: entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
    names: entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort(),
  };
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
