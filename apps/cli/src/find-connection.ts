import type { Connection, ConnectionStore } from "@customerio-router/connections";
import { CommandError } from "./command-error.ts";

/** @throws CommandError when there is none */
export async function findConnection(
  store: Pick<ConnectionStore, "findByName" | "get">,
  nameOrId: string,
): Promise<Connection> {
  const found = (await store.findByName(nameOrId)) ?? (await store.get(nameOrId));
  if (found) return found;
  throw noConnection(nameOrId);
}

export function noConnection(nameOrId: string): CommandError {
  return new CommandError(
    `there is no connection ${JSON.stringify(nameOrId)}: see npm run cli -- connections list`,
  );
}

/** Their ids, in this order. @throws CommandError when there is none of a name or id */
export async function findConnectionIds(
  store: Pick<ConnectionStore, "findByName" | "get">,
  namesOrIds: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(namesOrIds.map((nameOrId) => findConnection(store, nameOrId)));
  return found.map(({ id }) => id);
}
