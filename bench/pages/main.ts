import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { startTelling } from "../pipeline/tell.ts";
import { listPages } from "./list-pages.ts";
import { type Measured, measurePage } from "./measure-page.ts";
import { openEstate } from "./open-estate.ts";
import { readOptions } from "./options.ts";
import { type Results, writeReport } from "./write-report.ts";

/* How long each page of the dashboard takes, of an estate that is as large as the bound in docs/scale.md. */
const options = readOptions(process.argv.slice(2));
const tell = startTelling();
await using estate = await openEstate(options, tell);
const before = loadavg()[0] ?? 0;
const pages: Measured[] = [];
for (const page of listPages(estate).filter(({ name }) => name.includes(options.only))) {
  const measured = await measurePage(estate, page, options);
  pages.push(measured);
  tell(`${page.name}: p50 ${measured.p50Ms.toFixed(0)} ms, p95 ${measured.p95Ms.toFixed(0)} ms`);
}
const results: Results = {
  machine: `${cpus().length} cores, ${cpus()[0]?.model.trim()}`,
  node: process.version,
  load: { before, after: loadavg()[0] ?? 0 },
  connections: estate.ids.length,
  archived: estate.archived,
  jobs: options.jobs,
  pages,
};
const report = writeReport(results);
if (options.isKept) {
  const folder = new URL("results/", import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("pages.json", folder), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(new URL("pages.md", folder), report);
}
console.log(`\n${report}`);
