import { mkdir, writeFile } from "node:fs/promises";
import { drawPlot } from "./draw-plot.ts";
import { readFigures, writeFigures } from "./figures.ts";
import { type Findings, findResult, medianMeasurement, medianResult } from "./findings.ts";
import { measureBacklog } from "./measure-backlog.ts";
import { measureMemory } from "./measure-memory.ts";
import type { Options } from "./options.ts";
import { nameRace, perRequest, planRaces, type Race } from "./plan.ts";
import { type Result, runHeavyPerson, runRace } from "./run-race.ts";
import { startTelling } from "./tell.ts";
import { writeReport } from "./write-report.ts";

/** All contenders take turns; then memory, a person who sends 90 %, and backlogs. */
export async function runBench(options: Options): Promise<void> {
  const races = planRaces(options).filter((race) => nameRace(race).includes(options.only ?? ""));
  const results = new Map<Race, Result[]>(races.map((race) => [race, []]));
  const findings: Findings = { races: [], memory: [], backlog: undefined, heavyPerson: undefined };
  const tell = startTelling();

  for (let run = 1; run <= options.runs; run++) {
    for (const [index, race] of races.entries()) {
      // Only what a figure needs is measured at half load when there is little time.
      const withHalf = !options.quick || (race.contender === "ours" && race.posting === "singles");
      const result = await runRace(race, {
        ...options,
        withHalf: withHalf && race.appendfsync === "everysec",
      });
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
}
