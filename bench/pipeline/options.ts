import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";

export type Options = {
  /** A short one: nothing is written to disk. */
  quick: boolean;
  runs: number;
  warmUpMs: number;
  measureMs: number;
  /** Messages of the large backlog. */
  backlog: number;
  /** Races whose name has this in it, and nothing else; against another commit: whose posting has. */
  only: string | undefined;
  /** A commit to compare this checkout with, instead of everything else. */
  against: string | undefined;
  /** How often the two are measured then. */
  pairs: number;
  /** Where our intake and worker leave their CPU profiles. */
  profileFolder: string | undefined;
};

export function readOptions(args: string[]): Options {
  const { quick = false, against, ...given } = readCommandLine(describeCommand(), args);
  const seconds = given.seconds ?? (against === undefined ? (quick ? 2 : 10) : quick ? 1 : 2);
  return {
    quick,
    runs: given.runs ?? (quick ? 1 : 3),
    warmUpMs: quick ? 1_500 : against === undefined ? 4_000 : 3_000,
    measureMs: seconds * 1_000,
    backlog: given.backlog ?? (quick ? 50_000 : 1_000_000),
    only: given.only,
    against,
    pairs: given.pairs ?? (quick ? 4 : 8),
    profileFolder: given.profile,
  };
}

function describeCommand() {
  return createCommand("npm run bench:pipeline --", {
    summary: "Measure the whole pipeline beside its contenders",
    description: "Takes about 25 minutes; bench/pipeline/README.md says how it is measured",
    examples: ["npm run bench:pipeline -- --quick", "npm run bench:pipeline -- --against main"],
  })
    .option("--quick", "one short run, in under three minutes; writes nothing")
    .option("--runs <number>", "number of runs (default: 3, with --quick 1)", numberFrom(1))
    .option(
      "--seconds <number>",
      "seconds per measurement (default: 10, with --against 2, with --quick 2, with both 1)",
      numberFrom(1),
    )
    .option(
      "--backlog <number>",
      "messages in the large backlog (default: 1000000, with --quick 50000)",
      numberFrom(1),
    )
    .option("--only <text>", "only the races whose name contains this text")
    .option("--against <commit>", "compare this checkout with that commit, and measure nothing else")
    .option("--pairs <number>", "number of pairs, with --against (default: 8, with --quick 4)", numberFrom(1))
    .option("--profile <folder>", "folder to which our intake and worker write CPU profiles");
}
