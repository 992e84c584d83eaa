import { setTimeout as sleep } from "node:timers/promises";
import type { Entry } from "@customerio-router/messages";
import type { JobQueue, Lease, Settlement } from "@customerio-router/queue";
import { type Outcome, writeTraces } from "@customerio-router/reports";
import type { PendingJob, PendingMessage } from "../pending.ts";
import { traceMessage } from "./trace-message.ts";

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
 * the lease is lost. A job's writes follow each other, so that one whose reply was lost is repeated as it was.
 * @returns whether the outcomes are written: false when another owner has the job.
 */
export async function settleJob(options: SettleOptions): Promise<boolean> {
  const { job } = options;
  const writing = job.writing.then(() => writeOutcomes(options));
  job.writing = writing;
  return await writing;
}

async function writeOutcomes({ job, queue, lease, signal, onError }: SettleOptions): Promise<boolean> {
  const messages = job.messages.filter(({ outcome, settled }) => outcome !== undefined && !settled);
  // Two requests may settle a job's messages side by side: then the first writes the outcomes of both.
  if (job.finished || (messages.length === 0 && job.open > 0)) return true;
  const settlement = settlementOf(job, messages);
  while (lease.isHeld() && !signal.aborted) {
    try {
      const settled = await queue.settle(job.taken, settlement);
      if (settled === "fenced") return false;
      if (settled === "gone") onError(new Error(`Job ${job.taken.id} was removed meanwhile`));
      for (const message of messages) message.settled = true;
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

function settlementOf(job: PendingJob, messages: PendingMessage[]): Settlement {
  const { open, rejected } = left(job);
  const settled = messages.map(({ entry, outcome }) => ({ entry, outcome: outcome as Outcome }));
  const traces = writeTraces(messages.map(traceMessage));
  const changesState = messages.some(({ operations }) => operations.some(({ effect }) => effect !== "event"));
  const common = { settled, traces, changesState };
  if (job.open > 0) {
    return {
      ...common,
      state: "active",
      data: rejected.length > 0 ? { entries: open, rejected } : { entries: open },
    };
  }
  if (rejected.length > 0) {
    return { ...common, state: "failed", entries: rejected, reason: summary(rejected) };
  }
  const data = job.isRedacted && { data: { entries: settled.map(({ entry }) => entry) } };
  return { ...common, state: "completed", result: counts(job), ...data };
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
  const others = reasons.length - 1;
  const more = others > 0 ? ` (and ${others} other ${others === 1 ? "reason" : "reasons"})` : "";
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
