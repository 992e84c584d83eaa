import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../command-error.ts";
import { countOf } from "../in-words.ts";
import type { CommandResult } from "../print-result.ts";
import { copySpool } from "./copy-spool.ts";

const spoolPattern = /^spool-\d+\.sqlite$/;
const setAsidePattern = /^spool-\d+\.set-aside-.*\.sqlite$/;

/** Copies the spools of a data folder, which running intakes go on using. */
export async function copySpools({ dataDir, to }: { dataDir: string; to: string }): Promise<CommandResult> {
  const from = join(dataDir, "spool");
  const names = (await listNames(from)).filter(
    (name) => spoolPattern.test(name) || setAsidePattern.test(name),
  );
  await mkdir(to, { recursive: true, mode: 0o700 });
  const copied: { file: string; messages: number }[] = [];
  for (const file of names) {
    if (await exists(join(to, file)))
      throw new CommandError(`${join(to, file)} exists: name a folder without spools.`);
    const part = join(to, `${file}.part`);
    await rm(part, { force: true });
    copied.push({ file, messages: await copySpool(join(from, file), part) });
    await rename(part, join(to, file));
  }
  const messages = copied.reduce((sum, one) => sum + one.messages, 0);
  return {
    text: `Copied ${countOf(copied.length, "spool file")} with ${countOf(messages, "message")} to ${to}.`,
    json: { to, messages, files: copied },
  };
}

/** Without an intake that ever ran here there is no folder. */
async function listNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new CommandError(`${folder} does not exist: DATA_DIR is not that of an intake.`);
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
