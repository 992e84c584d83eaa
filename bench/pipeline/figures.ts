import { type Findings, findResult } from "./findings.ts";
import type { Contender, Posting } from "./plan.ts";

/** A figure to reach: `value` is to be at least, or at most, `goal`. */
export type Figure = { name: string; value: number; goal: number; least: boolean };

/** The figures this project means to reach, all of them ratios within one run but for two delays. */
export function readFigures(findings: Findings): Figure[] {
  const speed = (contender: Contender, posting: Posting, delayMs: number, fsync?: "always") =>
    findResult(findings, contender, posting, delayMs, fsync)?.full.perSecond ?? Number.NaN;
  const times = (other: Contender, posting: Posting, delayMs: number) =>
    speed("ours", posting, delayMs) / speed(other, posting, delayMs);
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
    most("delivered p50 at half load, 0 ms (ms)", half(0)?.deliveryMs.p50 ?? Number.NaN, 20),
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
