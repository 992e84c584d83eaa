import { pauseConnection, resumeConnection } from "@customerio-router/connections";
import { createBackend } from "@customerio-router/queue";
import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { printResult } from "../print-result.ts";
import { openConnections, storeVariables } from "./open-connections.ts";

export function createPauseCommand(environment: Environment) {
  const summary = "Pause a connection's delivery; new messages are kept";
  return createActCommand(environment, { name: "pause", state: "paused", summary, act: pauseConnection });
}

export function createResumeCommand(environment: Environment) {
  const summary = "Resume a connection's delivery";
  return createActCommand(environment, { name: "resume", state: "resumed", summary, act: resumeConnection });
}

function createActCommand(
  environment: Environment,
  {
    name,
    state,
    summary,
    act,
  }: { name: string; state: string; summary: string; act: typeof pauseConnection },
) {
  const examples = [`npm run cli -- connections ${name} "Shop"`];
  return createCommand(name, { summary, examples, variables: storeVariables })
    .argument("<connection>", "its name or id")
    .option("--json", "print JSON")
    .action(async (nameOrId, options) => {
      await using open = await openConnections(environment);
      const { redis } = open;
      const { id, name } = await findConnection(open.store, nameOrId);
      await act({ redis, queue: createBackend(redis).queue(id), connectionId: id });
      printResult({ text: `${name}: ${state}.`, json: { id, name, [state]: true } }, options);
    });
}
