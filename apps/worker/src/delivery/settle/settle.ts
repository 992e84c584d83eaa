import { setTimeout as sleep } from "node:timers/promises";
import type { Entry } from "@customerio-router/messages";
import type { JobQueue, Lease, Settlement } from "@customerio-router/queue";
import type { PendingJob } from "../pending.ts";

/** Pause before a retry while Redis is away or busy. */
const retryMs = 1_000;

export type SettleOptions = {
  job: PendingJob;
  queue: JobQueue;
  lease: Lease;
  /** Aborted when there is no time left to retry: the next owner resends what is not written. */
  signal: AbortSignal;
  onError: (error: unknown) => void;
};

/**
 * Writes the outcomes of a job's messages into Redis: completes the job when all are delivered or skipped, fails it
 * when only rejected ones are left, otherwise shrinks it to what is still to be sent. Retries until it is written or
 * the lease is lost.
 * @returns whether the job is settled: false when another owner has it.
 */
export async function settleJob({ job, queue, lease, signal, onError }: SettleOptions): Promise<boolean> {
  while (lease.isHeld() && !signal.aborted) {
    // Two requests may settle a job's last messages side by side.
    if (job.finished) return true;
    try {
      const settlement = settlementOf(job);
      const settled = await queue.settle(job.taken, settlement);
      if (settled === "fenced") return false;
      if (settled === "gone" && !job.finished)
        onError(new Error(`Job ${job.taken.id} was removed meanwhile`));
      job.finished ||= settled === "gone" || settlement.state !== "active";
      return true;
    } catch (error) {
      if (!lease.isHeld()) return false;
      onError(error);
      await sleep(retryMs, undefined, { signal }).catch(() => {});
    }
  }
  return false;
}

function settlementOf(job: PendingJob): Settlement {
  const { open, rejected } = left(job);
  if (job.open > 0) {
    return {
      state: "active",
      data: rejected.length > 0 ? { entries: open, rejected } : { entries: open },
    };
  }
  if (rejected.length > 0) return { state: "failed", entries: rejected, reason: summary(rejected) };
  return { state: "completed", result: counts(job) };
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

/** Somebody edited the job after the message was rejected. */
const unknownReason = "The message was rejected before, and the job no longer says why";

/** The failed reason a person reads in Bull Board. */
function summary(rejected: Entry[]): string {
  const reasons = [...new Set(rejected.map((entry) => entry.rejected?.message ?? unknownReason))];
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
