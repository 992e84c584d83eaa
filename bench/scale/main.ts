import { startTelling } from "../pipeline/tell.ts";
import { measureBacklog } from "./measure-backlog.ts";
import { measureBusy } from "./measure-busy.ts";
import { measureIdle } from "./measure-idle.ts";
import { openRouter } from "./open-router.ts";
import { readOptions } from "./options.ts";
import { createResults, keepResults, type Results } from "./results.ts";
import { writeReport } from "./write-report.ts";

/*
 * What one intake, one worker and one Redis carry: idle connections, busy ones, and backlogs. `npm run scale` takes half
 * an hour and 10 GB of memory; `-- --quick` some minutes, and writes nothing. docs/scale.md says what follows.
 */
const options = readOptions(process.argv.slice(2));
const results: Results = createResults();
const tell = startTelling();
const round = (number: number) => Math.round(number).toLocaleString("en");

if (options.parts.includes("idle")) {
  await using router = await openRouter(options);
  results.idle = [];
  for (const connections of options.connections) {
    const idle = await measureIdle(router, { ...options, connections });
    results.idle.push(idle);
    if (options.isKept) await keepResults(results);
    tell(
      `${round(connections)} idle connections: worker ${round(idle.worker.memoryBytes / 1e6)} MB, ${(idle.worker.cores * 100).toFixed(2)} % of a core`,
    );
  }
}

if (options.parts.includes("busy")) {
  await using router = await openRouter(options);
  results.busy = [];
  for (const connections of options.connections.filter((count) => count > 0)) {
    const busy = await measureBusy(router, { ...options, connections });
    results.busy.push(busy);
    if (options.isKept) await keepResults(results);
    tell(
      `${round(connections)} busy connections: worker ${round(busy.cpuMicroseconds.worker)} µs per message`,
    );
  }
}

if (options.parts.includes("backlog")) {
  results.backlog = [];
  for (const messages of options.backlogs) {
    const backlog = await measureBacklog(messages);
    results.backlog.push(backlog);
    if (options.isKept) await keepResults(results);
    tell(
      `a backlog of ${round(messages)}: ${round(backlog.bytesPerMessage)} bytes each, ${round(backlog.perSecond)} a second`,
    );
  }
}

console.log(`\n${writeReport(results)}`);
