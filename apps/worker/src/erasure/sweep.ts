import {
  createSourceStore,
  problemField,
  readConfirmations,
  writePart,
} from "@customerio-router/connections";
import { redactPeople, redactReplays } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { removeRefusedExamples } from "@customerio-router/reports";
import type { EraseContext, Owned, Task } from "./erase-context.ts";
import { eraseFromArchive } from "./erase-from-archive.ts";
import { createRedaction } from "./redaction.ts";

/** How long intakes that are up have to purge their spools before Redis is searched; whoever is late has it searched again. */
const intakesMs = 10_000;

/** Removes what Redis and the archive have. */
export async function sweep(context: EraseContext, owned: Owned, all: Task[]): Promise<void> {
  const { redis, archive, archiving, people } = context;
  const { lease } = owned;
  const { connectionId } = lease;
  const tasks = all.filter(({ part }) => part.sweptAtMs === undefined);
  if (tasks.length > 0) {
    await people.refresh();
    const version = Math.max(...tasks.map(({ part }) => part.version ?? 0));
    if (people.version < version || people.problem !== undefined) return;
    await waitForIntakes(redis, version);
    await removeExamples(redis, connectionId);
    let isClean = false;
    await context.suspend(connectionId, async () => {
      await archiving.idle(connectionId);
      const redaction = createRedaction(connectionId, tasks, () => lease.isHeld() && context.mayGoOn());
      await redactReplays(redis, lease, (person) => redaction.concerns(person));
      for (let rounds = 0; rounds < 3 && !isClean; rounds++) {
        ({ isClean } = await redactPeople({ redis, lease }, redaction));
      }
    });
    if (!isClean) return;
    for (const { erasure, part } of tasks) {
      part.sweptAtMs = Date.now();
      delete part.compactedAtMs;
      await writePart(redis, { lease, id: erasure.id }, { sweptAtMs: part.sweptAtMs, compactedAtMs: "" });
    }
  }
  const unarchived = all.filter(
    ({ part }) => part.sweptAtMs !== undefined && part.archivedAtMs === undefined,
  );
  if (unarchived.length === 0) return;
  const about = problemField("archive");
  const isOff = archive === undefined;
  if (!isOff && !archiving.isOn) {
    const why = "The worker does not see the installation's archive: it goes on once it does";
    for (const { erasure } of unarchived) await writePart(redis, { lease, id: erasure.id }, { [about]: why });
    return;
  }
  for (const { erasure, part, people } of unarchived) {
    const done = isOff
      ? { archived: 0, unreachable: [] }
      : await eraseFromArchive(context, lease, people, archive);
    if (done === undefined) return;
    part.archivedAtMs = Date.now();
    part.unreachable.push(...done.unreachable);
    await writePart(
      redis,
      { lease, id: erasure.id },
      {
        archivedAtMs: part.archivedAtMs,
        archived: part.removed.archived + done.archived,
        unreachable: JSON.stringify(part.unreachable),
        [about]: "",
      },
    );
  }
}

async function waitForIntakes(redis: RedisClient, version: number): Promise<void> {
  const endsAt = performance.now() + intakesMs;
  while (performance.now() < endsAt) {
    const { outstanding } = await readConfirmations(redis, version);
    if (!outstanding.some(({ isAlive, canPurge }) => isAlive && canPurge)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Of the sources that feed the connection, and of those that feed none: nobody knows whom their calls were for. */
async function removeExamples(redis: RedisClient, connectionId: string): Promise<void> {
  const sources = (await createSourceStore(redis).list()).filter(
    ({ connections }) => connections.length === 0 || connections.includes(connectionId),
  );
  const ids = new Set([connectionId, ...sources.map(({ id }) => id)]);
  await Promise.all([...ids].map((id) => removeRefusedExamples(redis, id)));
}
