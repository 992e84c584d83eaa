import { FencedError, type JobQueue, type Lease } from "@customerio-router/queue";
import { withTimeout } from "@customerio-router/redis";
import type { Steps } from "./steps.ts";

/** A worker that stops waits this long for replies; requests it gives up then are sent again by the next owner. */
const finishMs = 10_000;
/** The last writes of a worker that stops: without Redis the next owner takes the jobs back. */
const lastWritesMs = 3_000;

/** Finishes what is on its way once nothing more is taken, and gives the rest back in order. */
export async function finish(options: {
  steps: Pick<Steps, "dispatcher" | "hand">;
  lease: Lease;
  queue: Pick<JobQueue, "giveBack">;
  /** Ends the writing of outcomes; whatever is not written by then is not. */
  endWrites: () => void;
  onError: (error: unknown) => void;
}): Promise<void> {
  const { steps, lease, queue } = options;
  const impatient = setTimeout(options.endWrites, finishMs);
  await steps.dispatcher.stop(lease.isHeld() ? finishMs : 0);
  clearTimeout(impatient);
  steps.hand.clear();
  if (!lease.isHeld()) return;
  await withTimeout(lastWritesMs, () => queue.giveBack()).catch((error) => {
    // A lost lease is told where leases are lost.
    if (lease.isHeld() && !(error instanceof FencedError)) options.onError(error);
  });
}
