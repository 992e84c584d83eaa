import { createCommand } from "@customerio-router/service";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnectionIds } from "../find-connection.ts";
import { printResult } from "../print-result.ts";
import { problemsError } from "../problems-error.ts";
import { readWriteKey } from "../read-write-key.ts";
import { openSources } from "./open-sources.ts";
import { connectionOption, kindOption, limitOption, originsOption, toLimit } from "./source-options.ts";

export function createAddCommand(environment: Environment) {
  return createCommand("add", {
    summary: "Add a source of calls",
    description: "Intakes accept its calls within a second.",
    examples: [
      'npm run cli -- sources add "Shop, pages" --kind browser --origins https://shop.example --connection "Shop"',
      'npm run cli -- sources add "Back office" --kind server --connection "Shop" "Second brand"',
    ],
    variables: storeVariables,
  })
    .argument("<name>", "name of the source, unique without regard to case")
    .addOption(kindOption().makeOptionMandatory())
    .addOption(connectionOption())
    .addOption(originsOption())
    .addOption(limitOption())
    .option(
      "--write-key <key>",
      "a write key of your own (default: a generated one); - reads it from standard input. Everybody on the machine sees a key that is an argument",
    )
    .option("--json", "print JSON: id, name and write key")
    .action(async (name, { json, connection = [], writeKey, messagesPerSecond, ...given }) => {
      await using open = await openSources(environment);
      const ownKey = await readWriteKey(writeKey);
      const connections = await findConnectionIds(open.store, connection);
      const saved = await open.sources.create({
        name,
        ...given,
        messagesPerSecond: toLimit(messagesPerSecond),
        connections,
        writeKey: ownKey,
      });
      if (!saved.ok) throw problemsError(saved.problems);
      const { id, name: savedName, writeKeys } = saved.source;
      const key = writeKeys[0]?.key;
      printResult(
        { text: `${savedName}: added. Write key: ${key}`, json: { id, name: savedName, writeKey: key } },
        { json },
      );
    });
}
