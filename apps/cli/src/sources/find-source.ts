import type { ShownSource, SourceStore } from "@customerio-router/connections";
import { CommandError } from "../command-error.ts";

/** @throws CommandError when there is none */
export async function findSource(
  sources: Pick<SourceStore, "findByName" | "get">,
  nameOrId: string,
): Promise<ShownSource> {
  const named = await sources.findByName(nameOrId);
  const found = await sources.get(named?.id ?? nameOrId);
  if (found) return found;
  throw noSource(nameOrId);
}

export function noSource(nameOrId: string): CommandError {
  return new CommandError(`there is no source ${JSON.stringify(nameOrId)}: see npm run cli -- sources list`);
}

/** Their ids, in this order. @throws CommandError when there is none of a name or id */
export async function findSourceIds(
  sources: Pick<SourceStore, "findByName" | "get">,
  namesOrIds: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(namesOrIds.map((nameOrId) => findSource(sources, nameOrId)));
  return found.map(({ id }) => id);
}
