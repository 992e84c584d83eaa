import { writeTable } from "../pipeline/write-table.ts";
import type { Measured } from "./measure-page.ts";

export type Results = {
  machine: string;
  node: string;
  /** Mean number of processes that wanted a core, before and after. */
  load: { before: number; after: number };
  connections: number;
  archived: number;
  jobs: number;
  pages: Measured[];
};

/** A page answers within this, of 100 answers 95. */
const boundMs = 200;

/** The slowest first. */
export function writeReport({ machine, node, load, connections, archived, jobs, pages }: Results): string {
  const round = (number: number) => Math.round(number).toLocaleString("en");
  const over = pages.filter(({ p95Ms }) => p95Ms > boundMs);
  const rows = pages
    .toSorted((one, other) => other.p95Ms - one.p95Ms)
    .map(({ page, times, kilobytes, failed, ...ms }) => [
      failed === 0 ? page : `${page} (${failed} failed)`,
      ...[ms.firstMs, ms.p50Ms, ms.p95Ms, ms.maxMs].map(round),
      ...[ms.dashboardCpuMs, ms.redisCpuMs, ms.commands].map(round),
      round(kilobytes),
      String(times),
    ]);
  const head = ["page", "first, ms", "p50", "p95", "max", "dashboard CPU, ms", "Redis CPU, ms", "commands"];
  return `${[
    `${round(connections)} connections, ${round(archived)} archived messages, ${round(jobs)} waiting jobs; ${machine}, ${node}, load ${[load.before, load.after].map((one) => one.toFixed(1)).join(" to ")}:`,
    writeTable([...head, "KB", "times"], rows),
    over.length === 0
      ? `Every page answers within ${boundMs} ms (p95).`
      : `Above ${boundMs} ms (p95): ${over.map(({ page }) => page).join("; ")}.`,
  ].join("\n\n")}\n`;
}
