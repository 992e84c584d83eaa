import { Option } from "@commander-js/extra-typings";
import { startReplay } from "@customerio-router/queue";
import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { confirm } from "../confirm.ts";
import { openConnections } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { followReplay } from "./follow-replay.ts";
import { formatPreview } from "./format-preview.ts";
import { openArchiveForReplay, replayVariables } from "./open-replays.ts";
import { findUnfinished, planReplay, previewPlan, type ReplayPlan } from "./plan-replay.ts";
import { readFrom, readPerson, readTo, readWhere } from "./read-filter.ts";

export function createStartCommand(environment: Environment) {
  return createCommand("start", {
    summary: "Send archived messages again, after a dry run",
    description:
      "First says what would happen, with examples, and asks. Ctrl-C leaves the replay running; of a file it stops it, and the same command continues",
    examples: [
      'npm run cli -- replay start "Shop" --from 2026-11-20 --to 2026-11-20 --dry-run',
      'npm run cli -- replay start "Shop" --outcome rejected --yes',
      'npm run cli -- replay start "Shop" --file failed.ndjson',
    ],
    variables: replayVariables,
    exitCode1: "the replay was cancelled or failed; or the file was left before its end",
  })
    .argument(
      "<connection>",
      "name or id of the connection whose messages are sent again; with --file, the one that gets them",
    )
    .option("--from <time>", "received from this day or time on, in UTC", readFrom)
    .option("--to <time>", "received until this day (included) or time, in UTC", readTo)
    .option("--event <event>", 'such as "track Order Completed" or "identify"')
    .option("--person <person>", "such as id:42 or email:ada@example.com", readPerson)
    .addOption(
      new Option("--outcome <outcome>", "what became of them").choices([
        "delivered",
        "skipped",
        "rejected",
      ] as const),
    )
    .option("--source <source>", 'where they came from; "replay" for those of an earlier replay')
    .option(
      "--where <condition>",
      "a condition over message in CEL, such as 'message.properties.total > 100.0'",
      readWhere,
    )
    .option("--to-connection <connection>", "the connection that gets them (default: the same)")
    .option(
      "--file <file>",
      "lines of the archive, or the dashboard's file of failed messages; .gz and .zst too",
    )
    .option(
      "--with-state",
      "send also what turns state back: devices, objects, merges, deletions and the like",
    )
    .option("--as-new", "give events new ids and today's time, so that Customer.io shows them again")
    .option("--dry-run", "only say what would happen")
    .option("--yes", "start without a question")
    .option("--json", "print JSON")
    .action(async (nameOrId, options) => {
      await using open = await openConnections(environment);
      await using seen = await openArchiveForReplay(environment, open);
      const plan = await planReplay(open, nameOrId, options);
      const unfinished = options.dryRun ? undefined : await findUnfinished(open, plan);
      if (unfinished) {
        console.error(`Continuing ${unfinished.id} after line ${unfinished.cursor || 0}.`);
        return await followReplay(open, plan, { replay: unfinished, json: options.json });
      }
      const isNeeded = options.dryRun === true || !options.yes;
      const preview = await previewPlan(plan, seen, { isNeeded, open });
      if (preview && !options.json) console.log(formatPreview(preview));
      if (options.dryRun) {
        if (options.json) printResult({ text: "", json: preview }, options);
        return;
      }
      if (preview?.messages === 0)
        throw new CommandError("no message passes the filter: nothing was started");
      if (!options.yes) await confirm(questionsOf(plan.wish));
      const expected = preview?.isComplete ? { expected: preview.messages } : {};
      const replay = await startReplay(open.redis, plan.target.id, { ...plan.wish, ...expected });
      await followReplay(open, plan, { replay, preview, json: options.json });
    });
}

const meanings = {
  withState:
    "--with-state also sends what has neither an id nor a time: devices, objects, relationships, merges, deletions, suppressions and delivery reports. Customer.io applies it as if it happened now, over newer state. Send it?",
  asNew:
    "--as-new gives events new ids and today's time: Customer.io shows each of them again, and campaigns that they trigger run again. Send them as new?",
};

function questionsOf({ withState, asNew }: ReplayPlan["wish"]): string[] {
  return [
    ...(withState ? [meanings.withState] : []),
    ...(asNew ? [meanings.asNew] : []),
    "Start the replay?",
  ];
}
