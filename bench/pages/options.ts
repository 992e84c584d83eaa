import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";

export type Options = {
  connections: number;
  /** Archived messages of all connections. */
  messages: number;
  /** Waiting jobs of all connections. */
  jobs: number;
  /** UTC days of the ledgers, until today. */
  days: number;
  /** How often each page is asked for, and for how long at the most. */
  times: number;
  perPageMs: number;
  /** A folder whose archive is built where it is missing, and kept. */
  archive: string | undefined;
  /** Where the dashboard leaves its CPU profile. */
  profile: string | undefined;
  /** Only pages whose name has this in it. */
  only: string;
  /** Whether `results/` is written. */
  isKept: boolean;
};

export function readOptions(args: string[]): Options {
  const { seconds, quick = false, ...given } = readCommandLine(describeCommand(), args);
  return {
    connections: given.connections,
    messages: given.messages ?? (quick ? 100_000 : 10_000_000),
    jobs: given.jobs,
    days: given.days,
    times: given.times ?? (quick ? 10 : 40),
    perPageMs: seconds * 1_000,
    archive: given.archive,
    profile: given.profile,
    only: given.only,
    isKept: !quick && given.only === "",
  };
}

function describeCommand() {
  return createCommand("npm run bench:pages --", {
    summary: "Measure how long each page of the dashboard takes with many connections and archived messages",
    description: "The default takes some 15 minutes and 2 GB of disk; docs/scale.md says what follows",
    examples: ["npm run bench:pages -- --quick", "npm run bench:pages -- --quick --only Delivery"],
  })
    .option("--quick", "100,000 archived messages, each page 10 times; writes nothing")
    .option("--connections <number>", "connections", numberFrom(2), 500)
    .option("--messages <number>", "archived messages (default: 10000000)", numberFrom(1_000))
    .option("--jobs <number>", "waiting jobs", numberFrom(1), 1_000)
    .option("--days <number>", "days of the ledgers", numberFrom(1), 30)
    .option("--times <number>", "requests per page (default: 40)", numberFrom(1))
    .option("--seconds <number>", "asks for a page for at most so many seconds", numberFrom(1), 20)
    .option("--only <text>", "only pages whose name has this in it; writes nothing", "")
    .option("--archive <folder>", "keeps the archive in this folder, and uses it if it is there")
    .option("--profile <folder>", "folder to which the dashboard writes a CPU profile");
}
