import { createCommand } from "@customerio-router/service";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnection, noConnection } from "../find-connection.ts";
import { printResult } from "../print-result.ts";
import { problemsError } from "../problems-error.ts";
import { findSourceIds } from "./find-source.ts";
import { openSources } from "./open-sources.ts";

export function createFeedCommand(environment: Environment) {
  return createCommand("feed", {
    summary: "Set the sources that feed a connection: these and no others",
    examples: ['npm run cli -- sources feed "Second brand" "Shop, pages" "Back office"'],
    variables: storeVariables,
  })
    .argument("<connection>", "its name or id")
    .argument("[sources...]", "names or ids of sources (default: none feeds it any more)")
    .option("--json", "print JSON: id, name, and ids of its sources")
    .action(async (nameOrId, namesOrIds, options) => {
      await using open = await openSources(environment);
      const { id, name } = await findConnection(open.store, nameOrId);
      const ids = await findSourceIds(open.sources, namesOrIds);
      const saved = await open.sources.feed(id, ids);
      if (!saved) throw noConnection(nameOrId);
      if (!saved.ok) throw problemsError(saved.problems);
      const feeding = await open.sources.ofConnection(id);
      const names = feeding.map((source) => source.name).join("; ");
      printResult(
        {
          text: names === "" ? `${name}: fed by no source.` : `${name}: fed by ${names}.`,
          json: { id, name, sources: feeding.map((source) => source.id) },
        },
        options,
      );
    });
}
