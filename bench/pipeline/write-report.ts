import { type Figure, isReached } from "./figures.ts";
import { type Findings, findResult } from "./findings.ts";
import { type Measurement, totalCpuMs } from "./measure-load.ts";
import { contenderNames, type Race } from "./plan.ts";
import { writeTable } from "./write-table.ts";

/** The whole of it in Markdown. */
export function writeReport(findings: Findings, figures: Figure[]): string {
  const { backlog, heavyPerson } = findings;
  const parts = [
    "Microseconds of CPU a message (the same as seconds per million messages) of each process. The total is that of intake, Redis and worker, and how many times the floor's. Resident memory at the end of full load:",
    writeTable(
      [
        ...["contender", "posted", "destination", "fsync"],
        ...["intake", "Redis", "worker", "total", ": floor", "client", "destination"],
        ...["intake MB", "worker MB"],
      ],
      findings.races.map(({ race, result }) => [
        ...nameCells(race),
        ...cpuCells(findings, race, result.full),
        ...[result.full.memoryMb.intake, result.full.memoryMb.worker].map((mb) => (mb ? round(mb) : "")),
      ]),
    ),
    "Messages delivered a second; from sending to the acknowledgement, and from sending to the arrival, in milliseconds:",
    writeTable(
      [
        "contender",
        "posted",
        "destination",
        "fsync",
        "load",
        "msg/s",
        "ack p50",
        "ack p99",
        "arrival p50",
        "arrival p99",
      ],
      findings.races.flatMap(({ race, result: { full, half } }) => [
        [...nameCells(race), "full", ...delayCells(full)],
        ...(half ? [[...nameCells(race), "half", ...delayCells(half)]] : []),
      ]),
    ),
    "Bytes of Redis for one waiting message, and of its JSON:",
    writeTable(
      ["contender", "posted", "Redis", "JSON", "ratio"],
      findings.memory.map(({ contender, posting, memory: { redisBytes, jsonBytes } }) => [
        contender === "ours" ? contenderNames.ours : "plain pipeline",
        posting,
        round(redisBytes),
        round(jsonBytes),
        (redisBytes / jsonBytes).toFixed(2),
      ]),
    ),
    backlog &&
      `A backlog of ${round(backlog.messages)} messages drains at ${round(backlog.largePerSecond)} messages a second, one of 10,000 at ${round(backlog.smallPerSecond)}.`,
    heavyPerson &&
      `At ${round(heavyPerson.without.perSecond)} messages a second, single, 50 ms, everybody's delay is ${heavyPerson.without.deliveryMs.p50.toFixed(0)} ms (p99 ${heavyPerson.without.deliveryMs.p99.toFixed(0)}); with a person who sends 90 % of them, the others' is ${heavyPerson.with.deliveryMs.p50.toFixed(0)} ms (p99 ${heavyPerson.with.deliveryMs.p99.toFixed(0)}).`,
    "Figures to reach:",
    writeTable(
      ["figure", "measured", "goal", ""],
      figures.map((figure) => [
        figure.name,
        figure.value.toFixed(2),
        `${figure.least ? "≥" : "≤"} ${figure.goal.toFixed(2)}`,
        isReached(figure) ? "reached" : "**missed**",
      ]),
    ),
  ];
  return `${parts.filter((part) => part !== undefined).join("\n\n")}\n`;
}

function nameCells({ contender, posting, delayMs, appendfsync }: Race): string[] {
  return [contenderNames[contender], posting, `${delayMs} ms`, appendfsync];
}

function cpuCells(findings: Findings, race: Race, { cpuMs }: Measurement): string[] {
  const total = totalCpuMs(cpuMs);
  const floor = findResult(findings, "floor", race.posting, race.delayMs);
  const share = total && floor ? total / (totalCpuMs(floor.full.cpuMs) ?? Number.NaN) : undefined;
  const micros = (ms: number | undefined) => (ms === undefined ? "" : (ms * 1_000).toFixed(1));
  return [
    ...[cpuMs.intake, cpuMs.redis, cpuMs.worker, total].map(micros),
    share?.toFixed(1) ?? "",
    ...[cpuMs.client, cpuMs.destination].map(micros),
  ];
}

function delayCells({ perSecond, ackMs, deliveryMs }: Measurement): string[] {
  const delays = [ackMs.p50, ackMs.p99, deliveryMs.p50, deliveryMs.p99];
  return [round(perSecond), ...delays.map((ms) => (ms >= 0 ? ms.toFixed(ms < 10 ? 1 : 0) : ""))];
}

function round(number: number): string {
  return Math.round(number).toLocaleString("en");
}
