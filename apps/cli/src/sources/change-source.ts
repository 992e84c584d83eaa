import { Option } from "@commander-js/extra-typings";
import { createCommand } from "@customerio-router/service";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnectionIds } from "../find-connection.ts";
import { printResult } from "../print-result.ts";
import { problemsError } from "../problems-error.ts";
import { findSource, noSource } from "./find-source.ts";
import { openSources } from "./open-sources.ts";
import { connectionOption, kindOption, limitOption, originsOption, toLimit } from "./source-options.ts";

export function createChangeCommand(environment: Environment) {
  return createCommand("change", {
    summary: "Change a source; what is left out stays as it is",
    examples: [
      'npm run cli -- sources change "Shop, pages" --origins https://shop.example,https://www.shop.example',
      'npm run cli -- sources change "Shop, pages" --pause',
    ],
    variables: storeVariables,
  })
    .argument("<source>", "its name or id")
    .option("--name <name>", "another name, unique without regard to case")
    .addOption(kindOption())
    .addOption(connectionOption())
    .addOption(originsOption())
    .addOption(limitOption())
    .addOption(new Option("--pause", "acknowledge, count and drop its calls").conflicts("resume"))
    .option("--resume", "let its calls through again")
    .option("--json", "print JSON: the source, write keys included")
    .action(async (nameOrId, { json, connection, pause, resume, messagesPerSecond, ...given }) => {
      await using open = await openSources(environment);
      const { id } = await findSource(open.sources, nameOrId);
      const saved = await open.sources.update(id, {
        ...given,
        messagesPerSecond: toLimit(messagesPerSecond),
        ...(connection && { connections: await findConnectionIds(open.store, connection) }),
        ...((pause || resume) && { paused: pause === true }),
      });
      if (!saved) throw noSource(nameOrId);
      if (!saved.ok) throw problemsError(saved.problems);
      printResult({ text: `${saved.source.name}: changed.`, json: await open.sources.get(id) }, { json });
    });
}
