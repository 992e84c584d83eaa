import { type HeldMessages, readHeld } from "@customerio-router/connections";
import { CommandError } from "../command-error.ts";
import type { OpenStore } from "../open-store.ts";

/** @throws CommandError when no intake keeps messages of a lost connection with that id */
export async function findSpooled({ redis }: OpenStore, id: string): Promise<HeldMessages> {
  const found = (await readHeld(redis)).find(({ connectionId }) => connectionId === id);
  if (found) return found;
  throw new CommandError(
    `no running intake keeps messages of a lost connection ${JSON.stringify(id)}: see npm run cli -- spool list`,
  );
}
