import { goLive } from "@customerio-router/connections";
import { createCommand } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { printResult } from "../print-result.ts";
import { openConnections, storeVariables } from "./open-connections.ts";

export function createLiveCommand(environment: Environment) {
  return createCommand("live", {
    summary: "Make a shadow connection live",
    description: "From then on its messages are sent to Customer.io.",
    examples: [
      'npm run cli -- connections live "Staging"',
      'npm run cli -- connections live "Staging" --with-held',
    ],
    variables: storeVariables,
  })
    .argument("<connection>", "its name or id")
    .option("--with-held", "send also what the shadow took, by a replay beside live messages")
    .option("--json", "print JSON")
    .action(async (nameOrId, { withHeld = false, json }) => {
      await using open = await openConnections(environment);
      const { id, name } = await findConnection(open.store, nameOrId);
      const result = await goLive(open, id, { withHeld, startedBy: "the command line" });
      if (!result?.ok) throw new CommandError(result?.problems[0]?.message ?? `${name} was deleted.`);
      const { replay } = result;
      const text = replay === undefined ? "" : ` Replay ${replay} sends what it took.`;
      printResult({ text: `${name}: live.${text}`, json: { id, name, live: true, replay } }, { json });
    });
}
