import { type Findings, findResult } from "./findings.ts";
import { totalCpuMs } from "./measure-load.ts";
import type { Contender, Posting } from "./plan.ts";

/** A figure to reach: `value` is to be at least, or at most, `goal`. */
export type Figure = { name: string; value: number; goal: number; least: boolean };

/** The figures this project means to reach, all of them ratios within one run but for two delays and the memory. */
export function readFigures(findings: Findings): Figure[] {
  const speed = (contender: Contender, posting: Posting, delayMs: number, fsync?: "always") =>
    findResult(findings, contender, posting, delayMs, fsync)?.full.perSecond ?? Number.NaN;
  const times = (other: Contender, posting: Posting, delayMs: number) =>
    speed("ours", posting, delayMs) / speed(other, posting, delayMs);
  const cpu = (contender: Contender, posting: Posting, delayMs: number) =>
    totalCpuMs(findResult(findings, contender, posting, delayMs)?.full.cpuMs ?? {}) ?? Number.NaN;
  const ofFloor = (posting: Posting, delayMs: number) =>
    cpu("ours", posting, delayMs) / cpu("floor", posting, delayMs);
  const memoryMb = (role: "intake" | "worker") =>
    findResult(findings, "ours", "twenties", 0)?.full.memoryMb[role] ?? Number.NaN;
  const half = (delayMs: number) => findResult(findings, "ours", "singles", delayMs)?.half;
  const redisCpu = (contender: Contender, posting: Posting) =>
    findResult(findings, contender, posting, 50)?.full.cpuMs.redis ?? Number.NaN;
  const always = (posting: Posting) => 1 - speed("ours", posting, 50, "always") / speed("ours", posting, 50);
  const grouped = findings.memory.find(
    ({ contender, posting }) => contender === "ours" && posting === "twenties",
  );
  const { backlog, heavyPerson } = findings;

  const least = (name: string, value: number, goal: number): Figure => ({ name, value, goal, least: true });
  const most = (name: string, value: number, goal: number): Figure => ({ name, value, goal, least: false });
  return [
    most("CPU : floor, twenties 0 ms", ofFloor("twenties", 0), 2.9),
    most("CPU : floor, twenties 50 ms", ofFloor("twenties", 50), 2.6),
    most("CPU : floor, singles 50 ms", ofFloor("singles", 50), 2.3),
    most("worker's memory, twenties 0 ms (MB)", memoryMb("worker"), 330),
    most("intake's memory, twenties 0 ms (MB)", memoryMb("intake"), 330),
    least("singles 50 ms : plain 50", times("plain-50", "singles", 50), 15),
    least("singles 50 ms : plain 200", times("plain-200", "singles", 50), 5),
    least("twenties 50 ms : plain 50", times("plain-50", "twenties", 50), 30),
    least("twenties 50 ms : plain 200", times("plain-200", "twenties", 50), 9),
    least("singles 0 ms : plain 50", times("plain-50", "singles", 0), 3),
    least("singles 0 ms : plain 200", times("plain-200", "singles", 0), 3),
    least("twenties 0 ms : plain 50", times("plain-50", "twenties", 0), 10),
    least("twenties 0 ms : plain 200", times("plain-200", "twenties", 0), 10),
    least("singles 50 ms : customerio-node", times("customerio-node", "singles", 50), 15),
    most("ack p99 at half load (ms)", half(50)?.ackMs.p99 ?? Number.NaN, 15),
    most("delivered p50 at half load, 0 ms (ms)", half(0)?.deliveryMs.p50 ?? Number.NaN, 12),
    most(
      "Redis CPU : plain 200, singles",
      redisCpu("ours", "singles") / redisCpu("plain-200", "singles"),
      1 / 6,
    ),
    most(
      "Redis CPU : plain 200, twenties",
      redisCpu("ours", "twenties") / redisCpu("plain-200", "twenties"),
      1 / 6,
    ),
    most(
      "Redis bytes : JSON, twenties",
      grouped ? grouped.memory.redisBytes / grouped.memory.jsonBytes : Number.NaN,
      1.2,
    ),
    least(
      "large backlog : small",
      backlog ? backlog.largePerSecond / backlog.smallPerSecond : Number.NaN,
      0.9,
    ),
    most("appendfsync always costs, singles", always("singles"), 0.15),
    most("appendfsync always costs, twenties", always("twenties"), 0.15),
    most(
      "others' delay p50 beside a person with 90 %",
      heavyPerson ? heavyPerson.with.deliveryMs.p50 / heavyPerson.without.deliveryMs.p50 : Number.NaN,
      2,
    ),
    most(
      "others' delay p99 beside a person with 90 %",
      heavyPerson ? heavyPerson.with.deliveryMs.p99 / heavyPerson.without.deliveryMs.p99 : Number.NaN,
      2,
    ),
  ].filter(({ value }) => !Number.isNaN(value));
}

export function isReached({ value, goal, least }: Figure): boolean {
  return least ? value >= goal : value <= goal;
}

/** All of them in one line, each with its goal and whether it is reached. */
export function writeFigures(figures: Figure[]): string {
  return figures
    .map((figure) => {
      const { name, value, goal, least } = figure;
      const sign = isReached(figure) ? "✓" : "✗";
      return `${sign} ${name} ${digits(value)} (${least ? "≥" : "≤"} ${digits(goal)})`;
    })
    .join(" · ");
}

function digits(number: number): string {
  return number >= 100 ? number.toFixed(0) : number >= 1 ? number.toFixed(1) : number.toFixed(2);
}
