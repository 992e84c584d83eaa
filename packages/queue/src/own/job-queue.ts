import { ownerKeys, type RedisClient, type Replication } from "@customerio-router/redis";
import { giveBack } from "./give-back.ts";
import type { Lease } from "./lease.ts";
import { type QueueState, readQueueState } from "./queue-state.ts";
import { type Settled, type Settlement, settle } from "./settle.ts";
import { maxTakenBytes, type TakenJob, type TooLargeJob, takeNext } from "./take.ts";

/**
 * One connection's queue in the hands of its owner. Nothing it does touches what a later owner has: what would is refused
 * with a FencedError. Every job that is active is the owner's, whoever took it and whatever its lock says.
 */
export type JobQueue = {
  state(): Promise<QueueState>;
  /**
   * The next jobs, oldest first, at most `count`, and none after the one that reaches `bytes` of data; one with priority or
   * a due delay when nothing else waits. One too large to be read is failed instead.
   * `active` counts what is taken by then: more than the owner knows of means that a reply of Redis got lost.
   */
  take(state: QueueState, count: number, bytes?: number): Promise<{ jobs: TakenJob[]; active: number }>;
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
    state: () => readQueueState(owned),

    async take({ waiting, other }, count, bytes = maxTakenBytes) {
      const wanted = Math.min(count, waiting);
      // One with priority or a due delay at a time: after it, `wait` may have something again.
      const others = waiting === 0 && other > 0 && count > 0;
      const { tooLarge, ...taken } = await takeNext(owned, { count: wanted, bytes, others });
      tooLarge.forEach(onTooLarge);
      return taken;
    },

    giveBack: (keep = new Set()) => giveBack(owned, keep),

    settle: (job, settlement) => settle(owned, job, settlement),
  };
}
