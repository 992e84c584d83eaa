import type { Rejection } from "@customerio-router/messages";
import type { JobQueue, Lease } from "@customerio-router/queue";
import type { PendingJob, PendingMessage, PendingOperation } from "../pending.ts";
import { settleJob } from "./settle.ts";

/** Gives messages their outcomes and writes them into Redis. */
export type Settler = {
  /**
   * Settles the operations of a request, except for `rejected`, by index, delivered.
   * @returns whether all outcomes are written to Redis.
   */
  settleOperations(
    operations: PendingOperation[],
    rejected: ReadonlyMap<number, Rejection>,
  ): Promise<boolean>;
  /** Of a job just taken, some of whose messages may have nothing to send. */
  settleTaken(job: PendingJob): Promise<void>;
};

export function createSettler(options: {
  queue: JobQueue;
  lease: Lease;
  /** Aborted when there is no time left to write. */
  signal: AbortSignal;
  /** The outcomes of these messages are written to Redis. */
  onOutcomes: (messages: PendingMessage[]) => void;
  /** A job has ended: completed, failed or removed. */
  onJobEnd: (job: PendingJob) => void;
  onError: (error: unknown) => void;
}): Settler {
  async function write(messages: PendingMessage[], jobs: Iterable<PendingJob>): Promise<boolean> {
    const written = await Promise.all([...jobs].map((job) => settleJob({ job, ...options })));
    for (const job of jobs) if (job.finished) options.onJobEnd(job);
    if (!written.every(Boolean)) return false;
    if (messages.length > 0) options.onOutcomes(messages);
    return true;
  }

  return {
    async settleOperations(operations, rejected) {
      const messages = operations
        .map((operation, index) => giveOutcome(operation, rejected.get(index)))
        .filter((message) => message !== undefined);
      return await write(messages, new Set(messages.map(({ job }) => job)));
    },

    async settleTaken(job) {
      const settled = job.messages.filter(({ outcome }) => outcome !== undefined);
      // One without messages is settled too.
      if (settled.length > 0 || job.open === 0) await write(settled, [job]);
    },
  };
}

/** @returns the operation's message where this was the last it waited for, unless its job has left the hand. */
function giveOutcome(
  { message }: PendingOperation,
  rejection: Rejection | undefined,
): PendingMessage | undefined {
  if (!message.job.inHand) return undefined;
  if (rejection) message.outcome = { kind: "rejected", rejection };
  message.open -= 1;
  if (message.open > 0) return undefined;
  message.outcome ??= { kind: "delivered" };
  message.job.open -= 1;
  return message;
}
