import { userInfo } from "node:os";
import type { ArchivedMessage } from "@customerio-router/archive";
import {
  type Connection,
  createRuleStore,
  linesWhere,
  previewReplay,
  type ReplayPreview,
} from "@customerio-router/connections";
import { isEnded, listReplays, type Replay, type ReplayWish } from "@customerio-router/queue";
import { CommandError } from "../command-error.ts";
import type { OpenConnections } from "../connections/open-connections.ts";
import { findConnection } from "../find-connection.ts";
import type { OpenArchive } from "./open-replays.ts";
import { type FilterOptions, readFilter } from "./read-filter.ts";
import { describeFile, readFileLines } from "./replay-file.ts";

/** How long the dry run looks; then it says that its numbers are of a part. */
const previewMs = 5 * 60_000;

/** What the command line asks for. */
export type ReplayPlan = {
  /** Gets the messages. */
  target: Connection;
  wish: ReplayWish;
  /** The path of the file they come from. */
  file: string | undefined;
};

type PlanOptions = FilterOptions & {
  file?: string | undefined;
  toConnection?: string | undefined;
  withState?: true | undefined;
  asNew?: true | undefined;
};

/** @throws CommandError that says what is wrong with the command line */
export async function planReplay(
  { store }: OpenConnections,
  nameOrId: string,
  options: PlanOptions,
): Promise<ReplayPlan> {
  const { file, toConnection } = options;
  if (file !== undefined && toConnection !== undefined) {
    throw new CommandError(
      "with --file, name the connection that gets the messages, without --to-connection",
    );
  }
  const source = await findConnection(store, nameOrId);
  const target = toConnection === undefined ? source : await findConnection(store, toConnection);
  const wish: ReplayWish = {
    ...(file === undefined ? { sourceId: source.id } : { file: await describeFile(file) }),
    filter: readFilter(options),
    withState: options.withState === true,
    asNew: options.asNew === true,
    startedBy: `${userInfo().username} (command line)`,
  };
  return { target, wish, file };
}

/** The replay of a file that the same command started before, and did not finish. */
export async function findUnfinished(
  { redis }: OpenConnections,
  { target, wish }: ReplayPlan,
): Promise<Replay | undefined> {
  if (wish.file === undefined) return undefined;
  const told = ({ file, filter, withState, asNew }: ReplayWish) =>
    JSON.stringify([file?.sha256, filter, withState, asNew]);
  return (await listReplays(redis, target.id)).find(
    (replay) => !isEnded(replay) && told(replay) === told(wish),
  );
}

/**
 * The dry run; none where this machine does not see the archive whose lines it would read.
 * @throws CommandError where it is needed all the same
 */
export async function previewPlan(
  { target, wish, file }: ReplayPlan,
  { archive, why }: OpenArchive,
  { isNeeded, open }: { isNeeded: boolean; open: OpenConnections },
): Promise<ReplayPreview | undefined> {
  if (archive === undefined && file === undefined) {
    if (isNeeded) {
      throw new CommandError(`${why}. Without it there is no dry run; --yes starts the replay all the same`);
    }
    console.error(`No dry run: ${why}.`);
    return undefined;
  }
  if (archive === undefined) console.error(`What was delivered before is not known: ${why}.`);
  let unreadable = 0;
  async function* read(): AsyncGenerator<ArchivedMessage, void, undefined> {
    const lines =
      file === undefined
        ? archive?.readAll(wish.sourceId as string, wish.filter)
        : readFileLines(file, wish.filter, "");
    if (lines === undefined) return;
    for await (const { line } of linesWhere(lines, wish.filter)) {
      if (line === undefined) unreadable += 1;
      else yield line;
    }
  }
  const { compiled: rules } = await createRuleStore(open).open(target.id);
  const preview = await previewReplay({ lines: read(), target, rules, wish, archive, budgetMs: previewMs });
  if (unreadable > 0) {
    console.error(
      `${unreadable.toLocaleString("en")} lines are left out: they are no lines of the archive or of the dashboard's file of failed messages.`,
    );
  }
  return preview;
}
