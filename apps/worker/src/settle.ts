import { setTimeout as sleep } from "node:timers/promises";
import type { Entry, JobQueue, Lease } from "@customerio-router/queue";
import type { PendingJob } from "./pending.ts";

/** A full Redis refuses writes until it has room again. */
const retryMs = 1_000;

export type Settlement = {
  job: PendingJob;
  queue: JobQueue;
  lease: Lease;
  /** How many completed jobs are kept, and how long. */
  keepCompleted: { jobs: number; ageMs: number };
  onTrouble: (error: unknown) => void;
};

/**
 * Writes into Redis what became of a job's messages: completes it when all are delivered or skipped, fails it
 * when only rejected ones are left, else leaves in it what is still to be sent. Tries until it is written or
 * the lease is gone. @returns whether it was written.
 */
export async function settleJob(options: Settlement): Promise<boolean> {
  const { job, lease } = options;
  while (lease.isHeld()) {
    // Two requests may settle a job's last messages side by side.
    if (job.finished) return true;
    try {
      await write(job, options);
      return true;
    } catch (error) {
      // A lost lease refuses every write, and that is told where leases are lost.
      if (!lease.isHeld()) return false;
      options.onTrouble(error);
      await sleep(retryMs);
    }
  }
  return false;
}

async function write(
  job: PendingJob,
  { queue, keepCompleted }: Pick<Settlement, "queue" | "keepCompleted">,
): Promise<void> {
  const { open, rejected } = left(job);
  if (job.open > 0) {
    const data = rejected.length > 0 ? { entries: open, rejected } : { entries: open };
    return await queue.shrink(job.taken, data);
  }
  if (rejected.length > 0) await queue.fail(job.taken, rejected, summary(rejected));
  else await queue.complete(job.taken, counts(job), keepCompleted);
  job.finished = true;
}

/** What Customer.io has not taken: still to be sent, or rejected with the reason. */
function left(job: PendingJob): { open: Entry[]; rejected: Entry[] } {
  const open: Entry[] = [];
  const rejected = [...job.rejectedBefore];
  for (const { entry, outcome } of job.messages) {
    if (outcome === undefined) open.push(entry);
    else if (outcome.kind === "rejected") rejected.push({ ...entry, rejected: outcome.rejection });
  }
  return { open, rejected };
}

/** The failed reason a person reads in Bull Board. */
function summary(rejected: Entry[]): string {
  const reasons = [...new Set(rejected.map((entry) => entry.rejected?.message ?? ""))];
  const [first = ""] = reasons;
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} other reasons)` : "";
  return rejected.length === 1 ? first : `${rejected.length} messages rejected: ${first}${more}`;
}

/** The result a person reads in Bull Board. */
function counts(job: PendingJob): { delivered: number; skipped?: { [reason: string]: number } } {
  let delivered = 0;
  const skipped: { [reason: string]: number } = {};
  for (const { outcome } of job.messages) {
    if (outcome?.kind === "delivered") delivered += 1;
    if (outcome?.kind === "skipped") skipped[outcome.reason] = (skipped[outcome.reason] ?? 0) + 1;
  }
  return Object.keys(skipped).length > 0 ? { delivered, skipped } : { delivered };
}
