import { mkdir, writeFile } from "node:fs/promises";
import { drawPlot } from "./draw-plot.ts";
import { readFigures, writeFigures } from "./figures.ts";
import { type Findings, findResult, medianMeasurement, medianResult } from "./findings.ts";
import { measureBacklog } from "./measure-backlog.ts";
import { measureMemory } from "./measure-memory.ts";
import { readOptions } from "./options.ts";
import { nameRace, perRequest, planRaces, type Race } from "./plan.ts";
import { type Result, runHeavyPerson, runRace } from "./run-race.ts";
import { writeReport } from "./write-report.ts";

/*
 * The whole way against what most people would write, every part a process on this machine: `npm run bench:pipeline`,
 * with `-- --quick` in under three minutes. The last line holds the figures to reach. README.md beside this file
 * says how it is measured.
 */
const options = readOptions(process.argv.slice(2));
const races = planRaces(options).filter((race) => nameRace(race).includes(options.only ?? ""));
const results = new Map<Race, Result[]>(races.map((race) => [race, []]));
const findings: Findings = { races: [], memory: [], backlog: undefined, heavyPerson: undefined };
const startedAt = performance.now();

function tell(line: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`${String(seconds).padStart(5)} s  ${line}`);
}

for (let run = 1; run <= options.runs; run++) {
  for (const [index, race] of races.entries()) {
    // Only what a figure needs is measured at half load when there is little time.
    const withHalf = !options.quick || (race.contender === "ours" && race.posting === "singles");
    const result = await runRace(race, { ...options, withHalf: withHalf && race.appendfsync === "everysec" });
    results.get(race)?.push(result);
    const rate = Math.round(result.full.perSecond).toLocaleString("en");
    tell(
      `run ${run}/${options.runs}, race ${index + 1}/${races.length}: ${nameRace(race)}: ${rate} a second`,
    );
  }
}
findings.races = races.map((race) => ({ race, result: medianResult(results.get(race) ?? []) }));

if (options.only === undefined) {
  for (const posting of ["singles", "twenties"] as const) {
    for (const [contender, design] of [
      ["ours", "ours"],
      ["plain", "plain-50"],
    ] as const) {
      const memory = await measureMemory(design, perRequest[posting]);
      findings.memory.push({ contender, posting, memory });
      tell(`${contender}, ${posting}: ${Math.round(memory.redisBytes)} bytes of Redis a waiting message`);
    }
  }
  const rate = (findResult(findings, "ours", "singles", 50)?.full.perSecond ?? 0) / 2;
  const pairs = [];
  for (let run = 1; run <= options.runs; run++) {
    pairs.push(await runHeavyPerson(rate, options));
    tell(`run ${run}/${options.runs}: a person who sends 90 %`);
  }
  findings.heavyPerson = {
    without: medianMeasurement(pairs.map((pair) => pair.without)),
    with: medianMeasurement(pairs.map((pair) => pair.with)),
  };
  findings.backlog = await measureBacklog(options);
  tell(`a backlog of ${options.backlog.toLocaleString("en")} messages is drained`);
}

const figures = readFigures(findings);
const report = writeReport(findings, figures);
console.log(`\n${report}`);
if (!options.quick && options.only === undefined) {
  const folder = new URL("results/", import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("pipeline.md", folder), report);
  await writeFile(new URL("pipeline.json", folder), `${JSON.stringify(findings, null, 2)}\n`);
  await writeFile(new URL("pipeline.svg", folder), drawPlot(findings));
}
console.log(writeFigures(figures));
