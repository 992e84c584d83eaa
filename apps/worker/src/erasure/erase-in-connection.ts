import { type Erasure, problemField, readErasureCipher, writePart } from "@customerio-router/connections";
import { compact } from "./compact.ts";
import type { EraseContext, Owned, Task } from "./erase-context.ts";
import { finish, send, watchIntakes } from "./finish-task.ts";
import { prepare } from "./prepare-task.ts";
import { sweep } from "./sweep.ts";

/**
 * Carries out the erasures of a connection, all steps of them, in this order: find all keys of the person; see that intakes
 * and this worker let nothing more through; remove what Redis has, then what the archive has; delete the person in
 * Customer.io; have Redis write its files anew. Each step can be repeated, so that after a crash the next owner goes on
 * where the last one wrote that a step was done.
 * @throws FencedError
 */
export async function eraseInConnection(
  context: EraseContext,
  { connection, lease, erasures }: Owned & { erasures: Erasure[] },
): Promise<void> {
  const { redis, secretKey } = context;
  const cipher = secretKey === undefined ? undefined : await readErasureCipher(redis, secretKey);
  const owned = { connection, lease };
  if (cipher === undefined) {
    const why =
      "The worker has no SECRET_KEY, which is needed to read whom this is about: set it and start again";
    for (const { id } of erasures) await writePart(redis, { lease, id }, { [problemField("key")]: why });
    return;
  }
  const tasks: Task[] = [];
  for (const erasure of erasures) {
    const task = await prepare(context, owned, erasure, cipher);
    if (task !== undefined) tasks.push(task);
  }
  // What a replay has read of the archive would come back into the queue.
  if (tasks.some(({ part }) => part.archivedAtMs === undefined))
    await context.replays.halt(lease.connectionId);
  await sweep(context, owned, tasks);
  if (tasks.every(({ part }) => part.archivedAtMs !== undefined)) context.replays.resume(lease.connectionId);
  for (const task of tasks) {
    await send(context, owned, task);
    await watchIntakes(context, owned, task);
  }
  await compact(context, owned, tasks);
  for (const task of tasks) await finish(context, owned, task);
}
