import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { saveNewConnection } from "@customerio-router/connections";
import { createCommand, readEnvironment } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { problemsError } from "../problems-error.ts";
import { readWriteKey } from "../read-write-key.ts";
import { findSourceIds } from "../sources/find-source.ts";
import { openSources } from "../sources/open-sources.ts";
import { storeVariables } from "./open-connections.ts";

export function createAddCommand(environment: Environment) {
  return createCommand("add", {
    summary: "Add a connection to a Customer.io workspace",
    description: "Its API Key comes from CUSTOMERIO_API_KEY. The connection accepts calls immediately.",
    examples: [
      'CUSTOMERIO_API_KEY=... npm run cli -- connections add "Shop" --site-id 0123456789',
      'npm run cli -- connections add "Shop" --site-id 0123456789 --region eu --write-key - < write-key.txt',
      'CUSTOMERIO_API_KEY=... npm run cli -- connections add "Second brand" --site-id 0123456789 --source "Shop"',
    ],
    variables: [...storeVariables, "CUSTOMERIO_API_KEY"],
  })
    .argument("<name>", "name of the connection, unique without regard to case")
    .requiredOption("--site-id <id>", "Site ID of the Customer.io workspace")
    .addOption(
      new Option("--region <region>", "where the workspace lives (default: asked of Customer.io)").choices([
        "us",
        "eu",
      ] as const),
    )
    .option(
      "--write-key <key>",
      "a write key of your own (default: a generated one); - reads it from standard input. Everybody on the machine sees a key that is an argument",
    )
    .option(
      "--source <sources...>",
      "names or ids of existing sources that feed it (default: a new source of its name)",
    )
    .option("--track-url <url>", "URL of a stand-in for Customer.io, where ALLOW_CUSTOM_TRACK_URL is true")
    .option("--settings <json>", 'settings as a JSON object, such as {"convertDates":false}', readSettings)
    .option("--no-check", "add it without asking Customer.io whether the keys are good; needs --region")
    .option("--json", "print JSON: id, name and write key")
    .action(async (name, { json, region, writeKey, source, ...given }) => {
      await using open = await openSources(environment);
      const { CUSTOMERIO_API_KEY: apiKey } = readEnvironment(environment, ["CUSTOMERIO_API_KEY"]);
      if (apiKey === undefined) throw new CommandError("the API Key is missing: set CUSTOMERIO_API_KEY");
      const ownKey = await readWriteKey(writeKey);
      const input = {
        name,
        apiKey,
        region,
        ...given,
        ...(ownKey !== undefined && { writeKey: ownKey }),
        ...(source && { sources: await findSourceIds(open.sources, source) }),
      };
      const saved = await saveNewConnection(open, input);
      if (!saved.ok) throw problemsError(saved.problems);
      const { id, writeKey: savedKey } = saved.connection;
      printResult(
        { text: `${name}: added. Write key: ${savedKey}`, json: { id, name, writeKey: savedKey } },
        { json },
      );
    });
}

function readSettings(text: string): object {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It must be JSON, such as {"convertDates":false}.');
  }
}
