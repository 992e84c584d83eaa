import { parseArgs } from "node:util";

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
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      runs: { type: "string" },
      seconds: { type: "string" },
      backlog: { type: "string" },
      only: { type: "string" },
      against: { type: "string" },
      pairs: { type: "string" },
      profile: { type: "string" },
    },
  });
  const { quick, against } = values;
  const seconds = Number(values.seconds ?? (against === undefined ? (quick ? 2 : 10) : quick ? 1 : 2));
  return {
    quick,
    runs: Number(values.runs ?? (quick ? 1 : 3)),
    warmUpMs: quick ? 1_500 : against === undefined ? 4_000 : 3_000,
    measureMs: seconds * 1_000,
    backlog: Number(values.backlog ?? (quick ? 50_000 : 1_000_000)),
    only: values.only,
    against,
    pairs: Number(values.pairs ?? (quick ? 5 : 9)),
    profileFolder: values.profile,
  };
}
