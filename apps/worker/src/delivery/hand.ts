import type { BudgetShare } from "../memory-budget.ts";
import { createOrder, type Order } from "./order.ts";
import type { PendingJob, PendingOperation } from "./pending.ts";

/**
 * The jobs an owner has taken and not yet settled, oldest first, and the order of their operations. They are older
 * than everything in the queue, so they go back newest first, down to the newest with something in flight.
 */
export type Hand = {
  readonly order: Order;
  readonly jobCount: number;
  readonly messageCount: number;
  /** Of their data. */
  readonly bytes: number;
  has(jobId: string): boolean;
  /** The ids of its jobs. */
  ids(): Set<string>;
  add(job: PendingJob): void;
  /** Takes out a job that is settled. */
  remove(job: PendingJob): void;
  /** Ends a job that Redis gave out again: its operations go no further, and those in flight still hold others back. */
  drop(jobId: string): void;
  /** Ends the newest jobs, down to the newest with something in flight, and gives them. */
  release(): PendingJob[];
  /** Ends all of them. */
  clear(): void;
};

/** @param budget counts the bytes of the taken jobs. */
export function createHand(budget: Pick<BudgetShare, "hold" | "release">): Hand {
  const order = createOrder();
  const jobs = new Map<string, PendingJob>();
  /** Jobs that were dropped with something in flight. */
  const dropped = new Set<PendingJob>();
  let messageCount = 0;
  let bytes = 0;

  function take(job: PendingJob): boolean {
    if (jobs.get(job.taken.id) !== job) return false;
    jobs.delete(job.taken.id);
    messageCount -= job.messages.length;
    bytes -= job.bytes;
    budget.release(job.bytes);
    return true;
  }

  function end(job: PendingJob): void {
    take(job);
    job.inHand = false;
  }

  /** Rebuilds the order from the remaining jobs. */
  function reorder(): void {
    order.clear();
    for (const job of dropped) {
      if (job.inFlight === 0) dropped.delete(job);
      else for (const operation of operationsOf(job)) if (operation.place === "sent") line(operation);
    }
    for (const job of jobs.values()) operationsOf(job).forEach(line);
  }

  function line(operation: PendingOperation): void {
    if (operation.place === "settled") return;
    operation.waitsFor = 0;
    operation.followers.length = 0;
    if (operation.place === "ready") operation.place = "waiting";
    order.add(operation);
  }

  return {
    order,
    get jobCount() {
      return jobs.size;
    },
    get messageCount() {
      return messageCount;
    },
    get bytes() {
      return bytes;
    },
    has: (jobId) => jobs.has(jobId),
    ids: () => new Set(jobs.keys()),

    add(job) {
      jobs.set(job.taken.id, job);
      messageCount += job.messages.length;
      bytes += job.bytes;
      budget.hold(job.bytes);
      for (const operation of operationsOf(job)) order.add(operation);
    },

    remove(job) {
      take(job);
    },

    drop(jobId) {
      const job = jobs.get(jobId);
      if (!job) return;
      end(job);
      if (job.inFlight > 0) dropped.add(job);
      reorder();
    },

    release() {
      const released: PendingJob[] = [];
      for (const job of [...jobs.values()].reverse()) {
        if (job.inFlight > 0) break;
        released.push(job);
      }
      released.forEach(end);
      if (released.length > 0) reorder();
      return released;
    },

    clear() {
      for (const job of [...jobs.values()]) end(job);
      dropped.clear();
      order.clear();
    },
  };
}

function operationsOf(job: PendingJob): PendingOperation[] {
  return job.messages.flatMap(({ operations }) => operations);
}
