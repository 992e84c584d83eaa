import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openArchive } from "@customerio-router/archive";
import { buildArchive } from "./build-archive.ts";
import { measureArchive } from "./measure-archive.ts";

/*
 * How long finding a message and a person's 50 newest takes in a folder with many messages. `npm run bench:archive`;
 * `-- --messages 300000` takes some 20 s, the default of 10,000,000 some minutes and 2 GB of disk. It stops adding messages
 * after `--minutes`, and says how many there are.
 */

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "10000000" },
    minutes: { type: "string", default: "10" },
  },
});

const folder = await mkdtemp(join(tmpdir(), "archive-bench-"));
try {
  const open = async () => {
    const archive = await openArchive({ url: `file:${folder}`, onWarning: console.error });
    if (archive === undefined) throw new Error("the archive is off");
    return archive;
  };
  const built = await buildArchive(await open(), {
    messages: Number(values.messages),
    forMs: Number(values.minutes) * 60_000,
  });
  console.table(built);
  const measured = await measureArchive(open, built.messages);
  console.table(measured);
  const results = {
    machine: `${cpus().length} cores, ${cpus()[0]?.model}`,
    node: process.version,
    built,
    measured,
  };
  await mkdir(join(import.meta.dirname, "results"), { recursive: true });
  const file = join(import.meta.dirname, "results", "archive.json");
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
