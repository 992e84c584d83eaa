import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";

const parts = ["idle", "busy", "backlog"] as const;
type Part = (typeof parts)[number];

export type Options = {
  /** The parts to measure. */
  parts: readonly Part[];
  /** Numbers of connections, ascending: each adds to those of the last one. */
  connections: number[];
  settleMs: number;
  measureMs: number;
  /** Messages a second over all busy connections. */
  perSecond: number;
  /** Messages of each backlog. */
  backlogs: number[];
  /** Where intake and worker leave their CPU profiles. */
  profileFolder: string | undefined;
  /** Whether `results/` is written. */
  isKept: boolean;
};

export function readOptions(args: string[]): Options {
  const { quick = false, only, ...given } = readCommandLine(describeCommand(), args);
  const chosen = parts.filter((part) => only === undefined || only.split(",").includes(part));
  if (chosen.length === 0) throw new Error(`--only is one of ${parts.join(", ")}, or several with commas`);
  return {
    parts: chosen,
    connections: numbers(given.connections ?? (quick ? "0,100,1000" : "0,1,100,1000,10000")),
    settleMs: quick ? 5_000 : 20_000,
    measureMs: (given.seconds ?? (quick ? 10 : 60)) * 1_000,
    perSecond: given.rate ?? 300,
    backlogs: numbers(given.backlogs ?? (quick ? "20000" : "100000,1000000,10000000")),
    profileFolder: given.profile,
    isKept: !quick,
  };
}

function describeCommand() {
  return createCommand("npm run scale --", {
    summary: "Measure what idle connections, busy ones and backlogs cost",
    description: "Takes half an hour and 10 GB of memory; docs/scale.md says what follows",
    examples: ["npm run scale -- --quick", "npm run scale -- --only idle --connections 0,1000"],
  })
    .option("--quick", "small numbers, in some minutes; writes nothing")
    .option("--only <parts>", `some of ${parts.join(", ")}, separated by commas`)
    .option("--connections <numbers>", "numbers of connections (default: 0,1,100,1000,10000)")
    .option("--seconds <number>", "seconds per measurement (default: 60, with --quick 10)", numberFrom(1))
    .option("--rate <number>", "messages per second over all busy connections (default: 300)", numberFrom(1))
    .option("--backlogs <numbers>", "messages of each backlog (default: 100000,1000000,10000000)")
    .option("--profile <folder>", "folder to which intake and worker write CPU profiles");
}

function numbers(text: string): number[] {
  return text
    .split(",")
    .map(Number)
    .sort((one, other) => one - other);
}
