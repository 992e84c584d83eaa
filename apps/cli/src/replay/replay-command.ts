import { changeReplay, type ReplayChange, type ReplayState } from "@customerio-router/queue";
import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { openConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { findReplay, findReplays } from "./find-replay.ts";
import { formatReplay, formatReplays } from "./format-replay.ts";
import { createStartCommand } from "./start-command.ts";

export function createReplayCommand(environment: Environment) {
  const replay = createCommand("replay", {
    summary: "Send archived messages again, beside live work",
    examples: [
      'npm run cli -- replay start "Shop" --from 2026-11-20 --dry-run',
      "npm run cli -- replay list",
    ],
  });
  replay.addCommand(createStartCommand(environment));
  replay.addCommand(createListCommand(environment));
  replay.addCommand(createShowCommand(environment));
  for (const [name, [state, summary]] of Object.entries(changes)) {
    replay.addCommand(createChangeCommand(environment, { name: name as ReplayChange, state, summary }));
  }
  return replay;
}

const changes = {
  pause: ["paused", "Pause a replay; what it has added is delivered"],
  resume: ["running", "Let a paused or failed replay go on"],
  cancel: ["cancelled", "End a replay for good; what it has added is delivered"],
} as const satisfies { [name in ReplayChange]: [ReplayState, string] };

function createListCommand(environment: Environment) {
  return createCommand("list", {
    summary: "List replays, newest first",
    examples: ["npm run cli -- replay list"],
    variables: storeVariables,
  })
    .option("--json", "print JSON")
    .action(async (options) => {
      await using open = await openConnections(environment);
      const replays = await findReplays(open);
      printResult({ text: formatReplays(replays), json: replays }, options);
    });
}

function createShowCommand(environment: Environment) {
  return createCommand("show", {
    summary: "Show a replay with all its numbers",
    examples: ["npm run cli -- replay show rmb2x4k1f00c0de"],
    variables: storeVariables,
  })
    .argument("<id>", "the replay's id")
    .option("--json", "print JSON")
    .action(async (id, options) => {
      await using open = await openConnections(environment);
      const found = await findReplay(open, id);
      printResult({ text: formatReplay(found), json: found }, options);
    });
}

function createChangeCommand(
  environment: Environment,
  { name, state, summary }: { name: ReplayChange; state: ReplayState; summary: string },
) {
  return createCommand(name, {
    summary,
    examples: [`npm run cli -- replay ${name} rmb2x4k1f00c0de`],
    variables: storeVariables,
  })
    .argument("<id>", "the replay's id")
    .option("--json", "print JSON")
    .action(async (id, options) => {
      await using open = await openConnections(environment);
      const { replay } = await findReplay(open, id);
      const now = await changeReplay(open.redis, replay, name);
      if (now !== state)
        throw new CommandError(`the replay is ${now ?? "gone"}: it cannot be ${state} any more`);
      printResult({ text: `${id}: ${now}.`, json: { id, state: now } }, options);
    });
}
