import type { Connection, ShownSource, UsedWriteKey } from "@customerio-router/connections";
import { createCommand } from "@customerio-router/service";
import { storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { formatTable } from "../format-table.ts";
import { printResult } from "../print-result.ts";
import { openSources } from "./open-sources.ts";

export function createListCommand(environment: Environment) {
  return createCommand("list", {
    summary: "List all sources with their states",
    description: "Write keys are shown by their ids, with their last use.",
    examples: ["npm run cli -- sources list", "npm run --silent cli -- sources list --json"],
    variables: storeVariables,
  })
    .option("--json", "print JSON, write keys included")
    .action(async (options) => {
      await using open = await openSources(environment);
      const sources = await open.sources.list();
      printResult({ text: format(sources, await open.store.list()), json: sources }, options);
    });
}

function format(sources: ShownSource[], connections: Connection[]): string {
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  const rows = sources.map(({ name, id, kind, state, writeKeys, ...source }) => [
    name,
    id,
    kind,
    state,
    source.connections.map((connection) => names.get(connection) ?? connection).join("; "),
    writeKeys.map(describeKey).join("; "),
  ]);
  return formatTable(["Name", "Id", "Kind", "State", "Feeds", "Write keys"], rows);
}

function describeKey({ id, lastUsedAt }: UsedWriteKey): string {
  return `${id} (${lastUsedAt === null ? "never used" : `last used ${lastUsedAt}`})`;
}
