import { problemField, readConfirmations, writePart } from "@customerio-router/connections";
import type { EraseContext, Owned, Task } from "./erase-context.ts";
import { sendLast } from "./send-last.ts";

/** Has Customer.io delete or suppress the person, once Redis has nothing of them. */
export async function send({ redis, store }: EraseContext, owned: Owned, task: Task): Promise<void> {
  const { erasure, part, people } = task;
  if (part.sweptAtMs === undefined || part.sentAtMs !== undefined || !owned.lease.isHeld()) return;
  const target = { lease: owned.lease, id: erasure.id };
  const about = problemField("customerio");
  const action = erasure.suppress ? "suppress" : "delete";
  const { problem, unreachable } = await sendLast({ redis, store, ...owned, people, action });
  if (problem !== undefined) {
    part.problems.customerio = problem;
    await writePart(redis, target, { [about]: problem });
    return;
  }
  if (unreachable !== undefined) part.unreachable.push(unreachable);
  part.sentAtMs = Date.now();
  await writePart(redis, target, {
    sentAtMs: part.sentAtMs,
    unreachable: JSON.stringify(part.unreachable),
    [about]: "",
  });
}

/** An intake that was late may have added messages after Redis was searched: then it is searched once more. */
export async function watchIntakes({ redis }: EraseContext, { lease }: Owned, task: Task): Promise<void> {
  const { erasure, part } = task;
  if (part.sweptAtMs === undefined) return;
  const target = { lease, id: erasure.id };
  const { outstanding } = await readConfirmations(redis, part.version ?? 0);
  const isLate = outstanding.length > 0;
  const wasLate = part.problems.intakes !== undefined;
  if (isLate) {
    part.problems.intakes = outstanding.map(({ intake, why }) => `${intake} ${why}`).join("; ");
    await writePart(redis, target, { [problemField("intakes")]: part.problems.intakes });
  } else if (wasLate) {
    delete part.problems.intakes;
    delete part.sweptAtMs;
    delete part.archivedAtMs;
    await writePart(redis, target, { [problemField("intakes")]: "", sweptAtMs: "", archivedAtMs: "" });
  }
}

/** An erasure is done when every step is, and no intake is late: whom it was about is forgotten then. */
export async function finish(
  { redis }: EraseContext,
  { lease }: Owned,
  { erasure, part }: Task,
): Promise<void> {
  const { sweptAtMs, archivedAtMs, sentAtMs, compactedAtMs, problems } = part;
  const times = [sweptAtMs, archivedAtMs, sentAtMs, compactedAtMs];
  if (times.includes(undefined) || problems.intakes !== undefined) return;
  await writePart(redis, { lease, id: erasure.id }, { doneAtMs: Date.now(), sealed: "" });
}
