import { FencedError, type JobQueue, type Lease } from "@customerio-router/queue";
import { withTimeout } from "@customerio-router/redis";
import type { Steps } from "./steps.ts";

/** How long a stopping worker waits for replies. The next owner resends requests without one. */
const finishMs = 10_000;
/** Timeout of a stopping worker's last writes. Without them the next owner returns the jobs. */
const lastWritesMs = 3_000;

/** Once taking has stopped, waits for requests in flight and returns the other jobs to the queue in order. */
export async function finish(options: {
  steps: Pick<Steps, "dispatcher" | "hand">;
  lease: Lease;
  queue: Pick<JobQueue, "giveBack">;
  /** Stops the writing of outcomes. */
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
    // The leases report a lost lease.
    if (lease.isHeld() && !(error instanceof FencedError)) options.onError(error);
  });
}
