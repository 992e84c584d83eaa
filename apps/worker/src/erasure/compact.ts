import { writePart } from "@customerio-router/connections";
import { compactRedis } from "./compact-redis.ts";
import type { EraseContext, Owned, Task } from "./erase-context.ts";

/** Redis's files have what was removed until they are written anew. */
export async function compact({ redis }: EraseContext, { lease }: Owned, all: Task[]): Promise<void> {
  const tasks = all.filter(
    ({ part }) =>
      part.sweptAtMs !== undefined && part.archivedAtMs !== undefined && part.compactedAtMs === undefined,
  );
  if (tasks.length === 0 || !lease.isHeld()) return;
  const failures = await compactRedis(redis);
  for (const { erasure, part } of tasks) {
    part.compactedAtMs = Date.now();
    for (const failure of failures) if (!part.unreachable.includes(failure)) part.unreachable.push(failure);
    await writePart(
      redis,
      { lease, id: erasure.id },
      {
        compactedAtMs: part.compactedAtMs,
        unreachable: JSON.stringify(part.unreachable),
      },
    );
  }
}
