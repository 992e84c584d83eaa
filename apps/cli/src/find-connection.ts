import type { Connection, ConnectionStore } from "@customerio-router/connections";
import { CommandError } from "./command-error.ts";

/** @throws CommandError when there is none */
export async function findConnection(
  store: Pick<ConnectionStore, "findByName" | "get">,
  nameOrId: string,
): Promise<Connection> {
  const found = (await store.findByName(nameOrId)) ?? (await store.get(nameOrId));
  if (found) return found;
  throw new CommandError(
    `there is no connection ${JSON.stringify(nameOrId)}: see npm run cli -- connections list`,
  );
}
