import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { openArchive } from "@customerio-router/archive";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import { buildArchive } from "./build-archive.ts";
import { measureArchive } from "./measure-archive.ts";

const { messages, minutes } = readCommandLine(
  createCommand("npm run bench:archive --", {
    summary:
      "Measure how long finding a message and a person's 50 newest takes in a folder with many messages",
    description: "The default number takes some minutes and 2 GB of disk, 300,000 some 20 s",
    examples: ["npm run bench:archive -- --messages 300000"],
  })
    .option("--messages <number>", "messages in the archive", numberFrom(1), 10_000_000)
    .option("--minutes <number>", "adds messages for at most so many minutes", numberFrom(1), 10),
  process.argv.slice(2),
);

const folder = await mkdtemp(join(tmpdir(), "archive-bench-"));
try {
  const open = async () => {
    const archive = await openArchive({ url: `file:${folder}`, onWarning: console.error });
    if (archive === undefined) throw new Error("the archive is off");
    return archive;
  };
  const built = await buildArchive(await open(), {
    messages,
    forMs: minutes * 60_000,
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
