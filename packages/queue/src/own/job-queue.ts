import { ownerKeys, type RedisClient, type Replication } from "@customerio-router/redis";
import { giveBack } from "./give-back.ts";
import type { Lease } from "./lease.ts";
import { type Settled, type Settlement, settle } from "./settle.ts";
import { maxTakenBytes, type Taken, type TakenJob, type TooLargeJob, takeNext } from "./take.ts";

/**
 * One connection's queue in the hands of its owner. Nothing it does touches what a later owner has: what would is refused
 * with a FencedError. Every job that is active is the owner's, whoever took it and whatever its lock says.
 */
export type JobQueue = {
  /**
   * The next jobs, oldest first, at most `count`, and none after the one that reaches `bytes` of data; one with priority or
   * a due delay when nothing else waits. One too large to be read is failed instead. None while the queue is paused, nor
   * while more than `known` jobs are active: those were taken before, and have to go back first.
   */
  take(count: number, bounds?: { bytes?: number; known?: number }): Promise<Taken>;
  /**
   * Puts taken jobs back to where they were taken from, so that the next take brings them in their old order: this
   * owner's, and at a take-over those of all before; not those in `keep`, which have requests in flight. Gives how many.
   */
  giveBack(keep?: ReadonlySet<string>): Promise<number>;
  /** Writes the outcomes of the job's messages, counts them, and moves the job, in one step. Idempotent; one at a time for a job. */
  settle(job: TakenJob, settlement: Settlement): Promise<Settled>;
};

export function openJobQueue(options: {
  redis: RedisClient;
  lease: Lease;
  /** Called with jobs that were failed unread. */
  onTooLarge?: (job: TooLargeJob) => void;
  /** Waits for replicas where a settlement changes state. */
  replication?: Replication | undefined;
}): JobQueue {
  const { redis, lease, replication, onTooLarge = () => {} } = options;
  const keys = ownerKeys(lease.connectionId);
  const owned = { redis, lease, keys, replication };

  return {
    async take(count, { bytes = maxTakenBytes, known = Number.MAX_SAFE_INTEGER } = {}) {
      const { tooLarge, ...taken } = await takeNext(owned, { count, bytes, known });
      tooLarge.forEach(onTooLarge);
      return taken;
    },

    giveBack: (keep = new Set()) => giveBack(owned, keep),

    settle: (job, settlement) => settle(owned, job, settlement),
  };
}
