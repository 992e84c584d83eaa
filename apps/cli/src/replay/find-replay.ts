import { listReplays, type Replay, readReplay } from "@customerio-router/queue";
import { CommandError } from "../command-error.ts";
import type { OpenConnections } from "../connections/open-connections.ts";
import type { NamedReplay } from "./format-replay.ts";

/** All replays, newest first. */
export async function findReplays({ redis, store }: OpenConnections): Promise<NamedReplay[]> {
  const connections = await store.list();
  const all = await Promise.all(
    connections.map(async ({ id, name }) =>
      (await listReplays(redis, id)).map((replay) => ({ replay, connection: name })),
    ),
  );
  return all.flat().sort((one, other) => other.replay.createdAtMs - one.replay.createdAtMs);
}

/** @throws CommandError when there is none */
export async function findReplay({ redis, store }: OpenConnections, id: string): Promise<NamedReplay> {
  const connections = await store.list();
  const found = await Promise.all(
    connections.map(async ({ id: connectionId, name }) => ({
      replay: await readReplay(redis, connectionId, id),
      connection: name,
    })),
  );
  const one = found.find((each): each is NamedReplay & { replay: Replay } => each.replay !== undefined);
  if (one) return one;
  throw new CommandError(`there is no replay ${JSON.stringify(id)}: see npm run cli -- replay list`);
}
