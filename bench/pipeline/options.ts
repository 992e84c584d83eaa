import { parseArgs } from "node:util";

export type Options = {
  /** A short one: nothing is written to disk. */
  quick: boolean;
  runs: number;
  warmUpMs: number;
  measureMs: number;
  /** Messages of the large backlog. */
  backlog: number;
  /** Races whose name has this in it, and nothing else. */
  only: string | undefined;
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
      profile: { type: "string" },
    },
  });
  const { quick } = values;
  const seconds = Number(values.seconds ?? (quick ? 2 : 10));
  return {
    quick,
    runs: Number(values.runs ?? (quick ? 1 : 3)),
    warmUpMs: quick ? 1_500 : 4_000,
    measureMs: seconds * 1_000,
    backlog: Number(values.backlog ?? (quick ? 50_000 : 1_000_000)),
    only: values.only,
    profileFolder: values.profile,
  };
}
