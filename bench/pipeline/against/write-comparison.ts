import { median, quantile } from "../percentiles.ts";
import type { Race } from "../plan.ts";
import { writeTable } from "../write-table.ts";

export const parts = ["intake", "Redis", "worker", "total"] as const;
type Part = (typeof parts)[number];

/** Milliseconds of CPU a message, measured one after the other. */
export type Pair = Record<"ours" | "theirs", Record<Part, number>>;

type Spread = { median: number; lower: number; upper: number; least: number; most: number };

/** Of the pairs' ratios: this checkout's CPU a message by the other's. */
export function spreadOf(pairs: Pair[], part: Part): Spread {
  const ratios = pairs.map(({ ours, theirs }) => ours[part] / theirs[part]);
  return {
    median: median(ratios),
    lower: quantile(ratios, 0.25),
    upper: quantile(ratios, 0.75),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  };
}

/** A table, and one line of the totals at the end. */
export function writeComparison(findings: { race: Race; pairs: Pair[] }[], commit: string): string {
  const rows = findings.flatMap(({ race, pairs }) =>
    parts.map((part) => {
      const spread = spreadOf(pairs, part);
      const micros = (side: keyof Pair) => (median(pairs.map((pair) => pair[side][part])) * 1_000).toFixed(1);
      return [
        race.posting,
        `${race.delayMs} ms`,
        part,
        micros("ours"),
        micros("theirs"),
        spread.median.toFixed(3),
        range(spread.lower, spread.upper),
        range(spread.least, spread.most),
      ];
    }),
  );
  const totals = findings.map(({ race, pairs }) => {
    const { median, lower, upper } = spreadOf(pairs, "total");
    return `${race.posting} ${race.delayMs} ms ${median.toFixed(3)} (${range(lower, upper)})`;
  });
  const count = findings[0]?.pairs.length ?? 0;
  return [
    `Microseconds of CPU a message, this checkout's and that of ${commit}: medians of ${count} pairs. The ratio is the median of the pairs' ratios, with their quartiles and their range; below 1 this checkout costs less.`,
    writeTable(["posted", "destination", "part", "this", commit, "ratio", "quartiles", "range"], rows),
    `In total against ${commit}: ${totals.join(" · ")}`,
  ].join("\n\n");
}

function range(from: number, to: number): string {
  return `${from.toFixed(3)}..${to.toFixed(3)}`;
}
