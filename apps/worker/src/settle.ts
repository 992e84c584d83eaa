import { setTimeout as sleep } from "node:timers/promises";
import type { Entry, JobQueue, Lease } from "@customerio-router/queue";
import type { PendingJob } from "./pending.ts";

/** A full Redis refuses writes until it has room again. */
const retryMs = 1_000;

/**
 * Writes into Redis what became of a job's messages: completes it when all are delivered or skipped, fails it
 * when only rejected ones are left, else leaves in it what is still to be sent. Tries until it is written or
 * the lease is gone. @returns whether it was written.
 */
export async function settleJob(options: {
  job: PendingJob;
  queue: JobQueue;
  lease: Lease;
  onTrouble: (error: unknown) => void;
}): Promise<boolean> {
  const { job, lease } = options;
  while (lease.isHeld()) {
    try {
      await write(job, options.queue);
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

async function write(job: PendingJob, queue: JobQueue): Promise<void> {
  const left = entriesLeft(job);
  if (job.open > 0) return await queue.shrink(job.taken, left);
  if (left.length > 0) return await queue.fail(job.taken, left, summary(left));
  await queue.complete(job.taken, counts(job));
}

/** What Customer.io has not taken: still to be sent, or rejected with the reason. */
function entriesLeft(job: PendingJob): Entry[] {
  const left: Entry[] = [];
  for (const { entry, outcome } of job.messages) {
    if (outcome === undefined) left.push(entry);
    else if (outcome.kind === "rejected") left.push({ ...entry, rejected: outcome.rejection });
  }
  return left;
}

/** The failed reason a person reads in Bull Board. */
function summary(left: Entry[]): string {
  const reasons = [...new Set(left.map(({ rejected }) => rejected?.message ?? ""))];
  const [first = ""] = reasons;
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} other reasons)` : "";
  return left.length === 1 ? first : `${left.length} messages rejected: ${first}${more}`;
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
