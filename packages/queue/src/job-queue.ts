import { type Job, UnrecoverableError } from "bullmq";
import type { Backend } from "./backend.ts";
import type { Entry, JobData } from "./entry.ts";
import type { Lease } from "./lease.ts";
import { queueName, queuePrefix, tenureKey } from "./names.ts";
import type { RedisClient } from "./redis.ts";
import { defineScript } from "./script.ts";

/** A job its owner has taken: out of `wait`, in `active`, locked with the owner's tenure. */
export type TakenJob = {
  id: string;
  /** As it stands in the job; not yet validated: a person may have added or edited it. */
  data: unknown;
  /** Unix milliseconds of the job's making. */
  enqueuedAtMs: number;
  bullJob: Job<JobData, unknown, string>;
};

/** What stands in a queue. */
export type Look = {
  paused: boolean;
  waiting: number;
  /** Jobs with priority or a delay that is over. */
  other: number;
};

/** One connection's queue in the hands of its owner. Every method fails once the lease has gone to another. */
export type JobQueue = {
  look(): Promise<Look>;
  /** How long ago the foremost waiting job was made, in milliseconds; 0 when none waits. */
  oldestWaitingMs(): Promise<number>;
  /** The next jobs, oldest first, at most `count`; those with priority or a due delay when nothing else waits. */
  take(look: Look, count: number): Promise<TakenJob[]>;
  /** Puts jobs back to where they were taken from, so that the next take brings the same in the same order. */
  giveBack(jobs: TakenJob[]): Promise<void>;
  /**
   * Puts back every active job that is not among `known`: what a dead owner had, and what a take brought
   * whose answer was lost. Gives how many there were.
   */
  reclaim(known: ReadonlySet<string>): Promise<number>;
  /** Leaves only this in the job. */
  shrink(job: TakenJob, data: JobData): Promise<void>;
  complete(job: TakenJob, result: unknown): Promise<void>;
  /** Fails the job with nothing but these entries in it, so that Retry sends just them. */
  fail(job: TakenJob, entries: Entry[], reason: string): Promise<void>;
  close(): Promise<void>;
};

/** BullMQ's own `updateData` does not look at the lock: an owner that slept would overwrite its successor's work. */
const writeData = defineScript<number>(
  "writeData",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
   if redis.call('EXISTS', KEYS[2]) == 0 then return -2 end
   redis.call('HSET', KEYS[2], 'data', ARGV[2])
   return 0`,
);

/** BullMQ keeps a delayed job's time in the upper bits of its score. */
const delayedScoreUnit = 4096;

export function openJobQueue(options: { redis: RedisClient; backend: Backend; lease: Lease }): JobQueue {
  const { redis, lease } = options;
  const { connectionId } = lease;
  const worker = options.backend.worker(connectionId);
  const token = `tenure-${lease.tenure}`;
  const key = (suffix: string): string => `${queuePrefix}:${queueName(connectionId)}:${suffix}`;

  async function look(): Promise<Look> {
    const [paused, waiting, prioritized, [, nextScore] = []] = await Promise.all([
      redis.hexists(key("meta"), "paused"),
      redis.llen(key("wait")),
      redis.zcard(key("prioritized")),
      redis.zrange(key("delayed"), 0, 0, "WITHSCORES"),
    ]);
    const due = nextScore !== undefined && Number(nextScore) / delayedScoreUnit <= Date.now();
    return { paused: paused === 1, waiting, other: prioritized + (due ? 1 : 0) };
  }

  /** Newest first, all in one go: each goes to the front of `wait`, so the oldest ends up foremost. */
  async function moveToWait(ids: string[], as: string): Promise<void> {
    const backend = worker.getBackend();
    await Promise.all(ids.map((id) => backend.moveJobFromActiveToWait(id, as)));
  }

  return {
    look,

    async oldestWaitingMs() {
      const foremost = await redis.lindex(key("wait"), -1);
      const madeAtMs = foremost === null ? null : await redis.hget(key(foremost), "timestamp");
      return madeAtMs === null ? 0 : Math.max(0, Date.now() - Number(madeAtMs));
    },

    async take({ waiting, other }, count) {
      // One with priority or a due delay at a time: after it, `wait` may have something again.
      const wanted = waiting > 0 ? Math.min(count, waiting) : Math.min(count, other, 1);
      const jobs = await Promise.all(
        Array.from({ length: wanted }, () => worker.getNextJob(token, { block: false })),
      );
      return jobs.filter((job) => job !== undefined).map(toTaken);
    },

    async giveBack(jobs) {
      await moveToWait(jobs.map(({ id }) => id).reverse(), token);
    },

    async reclaim(known) {
      const active = await redis.lrange(key("active"), 0, -1);
      const orphans = active.filter((id) => !known.has(id));
      await moveToWait(orphans, "0");
      return orphans.length;
    },

    async shrink(job, data) {
      const written = await writeData(
        redis,
        [tenureKey(connectionId), key(job.id)],
        [lease.tenure, JSON.stringify(data)],
      );
      if (written < 0) throw new Error(`Job ${job.id} can no longer be changed by tenure ${lease.tenure}`);
    },

    async complete(job, result) {
      await job.bullJob.moveToCompleted(result, token, false);
    },

    async fail(job, entries, reason) {
      await this.shrink(job, { entries });
      await job.bullJob.moveToFailed(new UnrecoverableError(reason), token, false);
    },

    async close() {
      await worker.close(true);
    },
  };
}

function toTaken(bullJob: Job<JobData, unknown, string>): TakenJob {
  return { id: bullJob.id as string, data: bullJob.data, enqueuedAtMs: bullJob.timestamp, bullJob };
}
