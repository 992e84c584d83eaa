import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import type { Backlog } from "./measure-backlog.ts";
import type { Busy } from "./measure-busy.ts";
import type { Idle } from "./measure-idle.ts";
import { writeReport } from "./write-report.ts";

export type Results = { machine: string; node: string; idle?: Idle[]; busy?: Busy[]; backlog?: Backlog[] };

const folder = new URL("results/", import.meta.url);

/** Of this machine and Node. */
export function createResults(): Results {
  return { machine: `${cpus().length} cores, ${cpus()[0]?.model.trim()}`, node: process.version };
}

/** Parts that were not measured stay as they were. */
export async function keepResults(results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = new URL("scale.json", folder);
  const former = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  const kept: Results = { ...JSON.parse(former), ...results };
  await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`);
  await writeFile(new URL("scale.md", folder), writeReport(kept));
}
