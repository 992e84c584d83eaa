import { type Job, UnrecoverableError } from "bullmq";
import type { Backend, PulledJob } from "./backend.ts";
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
  /** The same as JSON. */
  text: string;
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
  /** Jobs somebody has taken. */
  active: number;
};

/** One connection's queue in the hands of its owner. Nothing it does touches what a later owner has. */
export type JobQueue = {
  look(): Promise<Look>;
  /** How long ago the foremost waiting job was made, in milliseconds; 0 when none waits. */
  oldestWaitingMs(): Promise<number>;
  /**
   * The next jobs, oldest first, at most `count`; those with priority or a due delay when nothing else waits.
   * `active` counts what is taken by then: more than the owner knows of means that an answer of Redis got lost.
   */
  take(look: Look, count: number): Promise<{ jobs: TakenJob[]; active: number }>;
  /**
   * Puts every taken job back to where it was taken from, so that the next take brings them in their old order:
   * those of this owner, and at a take-over those of all before. Gives how many there were.
   */
  giveBack(): Promise<number>;
  /** Leaves only this in the job. */
  shrink(job: TakenJob, data: JobData): Promise<void>;
  /** Completes the job; of all completed ones only so many and so young ones are kept. */
  complete(job: TakenJob, result: unknown, keep: { jobs: number; ageMs: number }): Promise<void>;
  /** Fails the job with nothing but these entries in it, so that Retry sends just them. */
  fail(job: TakenJob, entries: Entry[], reason: string): Promise<void>;
  close(): Promise<void>;
};

/** BullMQ's own `updateData` does not look at the lock: an owner that slept would overwrite its successor's work. */
const writeData = defineScript<number>(
  "writeData",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
   if redis.call('EXISTS', KEYS[2]) == 0 then return -2 end
   redis.call('HSET', KEYS[2], 'data', ARGV[2], 'messages', ARGV[3])
   return 0`,
);

/** One command instead of five: a thousand idle queues are looked at all the time. */
const lookAtQueue = defineScript<[number, number, number, string | null, number]>(
  "lookAtQueue",
  `return {
     redis.call('HEXISTS', KEYS[1], 'paused'),
     redis.call('LLEN', KEYS[2]),
     redis.call('ZCARD', KEYS[3]),
     redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')[2] or false,
     redis.call('LLEN', KEYS[5])
   }`,
);

/** BullMQ keeps a delayed job's time in the upper bits of its score. */
const delayedScoreUnit = 4096;

const tokenPrefix = "tenure-";

export function openJobQueue(options: { redis: RedisClient; backend: Backend; lease: Lease }): JobQueue {
  const { redis, lease } = options;
  const { connectionId } = lease;
  const worker = options.backend.worker(connectionId);
  const token = `${tokenPrefix}${lease.tenure}`;
  const key = (suffix: string): string => `${queuePrefix}:${queueName(connectionId)}:${suffix}`;

  async function write(job: TakenJob, data: JobData): Promise<void> {
    const written = await writeData(
      redis,
      [tenureKey(connectionId), key(job.id)],
      [lease.tenure, JSON.stringify(data), data.entries.length],
    );
    if (written === -1) throw new Error(`Job ${job.id} belongs to a later owner than tenure ${lease.tenure}`);
  }

  /** A settlement whose answer got lost is sent again by the client and refused by BullMQ: the job is settled all the same. */
  async function settle(job: TakenJob, finish: () => Promise<unknown>): Promise<void> {
    try {
      await finish();
    } catch (error) {
      const isActive = (await redis.lpos(key("active"), job.id)) !== null;
      if (isActive) throw error;
    }
  }

  /** A job whose data is gone, evicted or deleted by hand, would stand in the way of all others for ever. */
  const forgetIfGone = (id: string) => async (error: unknown) => {
    if ((await redis.exists(key(id))) === 1) throw error;
    await redis.lrem(key("active"), 0, id);
  };

  return {
    async look() {
      const keys = ["meta", "wait", "prioritized", "delayed", "active"].map(key);
      const [paused, waiting, prioritized, nextScore, active] = await lookAtQueue(redis, keys, []);
      const due = nextScore !== null && Number(nextScore) / delayedScoreUnit <= Date.now();
      return { paused: paused === 1, waiting, other: prioritized + (due ? 1 : 0), active };
    },

    async oldestWaitingMs() {
      const foremost = await redis.lindex(key("wait"), -1);
      const madeAtMs = foremost === null ? null : await redis.hget(key(foremost), "timestamp");
      return madeAtMs === null ? 0 : Math.max(0, Date.now() - Number(madeAtMs));
    },

    async take({ waiting, other }, count) {
      // One with priority or a due delay at a time: after it, `wait` may have something again.
      const wanted = waiting > 0 ? Math.min(count, waiting) : Math.min(count, other, 1);
      const fetches = Array.from({ length: wanted }, () => worker.getNextJob(token, { block: false }));
      const fetched = await Promise.all(fetches);
      const jobs = fetched.filter((job) => job !== undefined).map(toTaken);
      return { jobs, active: await redis.llen(key("active")) };
    },

    async giveBack() {
      const ids = await redis.lrange(key("active"), 0, -1);
      if (ids.length === 0) return 0;
      const locks = await redis.mget(ids.map((id) => key(`${id}:lock`)));
      const backend = worker.getBackend();
      // `active` has the newest first. Each goes to the front of `wait`, so that the oldest ends up foremost.
      const moves = ids.flatMap((id, index) => {
        const lock = locks[index] ?? null;
        if (lock !== null && tenureOf(lock) > lease.tenure) return [];
        return [backend.moveJobFromActiveToWait(id, lock ?? "0").catch(forgetIfGone(id))];
      });
      await Promise.all(moves);
      return moves.length;
    },

    async shrink(job, data) {
      await write(job, data);
    },

    async complete(job, result, { jobs, ageMs }) {
      job.bullJob.opts.removeOnComplete = { count: jobs, age: Math.ceil(ageMs / 1000) };
      await settle(job, () => job.bullJob.moveToCompleted(result, token, false));
    },

    async fail(job, entries, reason) {
      await write(job, { entries });
      const error = new UnrecoverableError(reason);
      // Bull Board shows it: where in this software it was made helps nobody, and shows paths of the machine.
      error.stack = reason;
      await settle(job, () => job.bullJob.moveToFailed(error, token, false));
    },

    async close() {
      await worker.close(true);
    },
  };
}

/** Infinite for a lock that is not of our making: hands off. */
function tenureOf(lock: string): number {
  return lock.startsWith(tokenPrefix) ? Number(lock.slice(tokenPrefix.length)) : Number.POSITIVE_INFINITY;
}

function toTaken(pulled: Job<JobData, unknown, string>): TakenJob {
  const bullJob = pulled as PulledJob;
  const { data, text } = bullJob;
  return { id: bullJob.id as string, data, text, enqueuedAtMs: bullJob.timestamp, bullJob };
}
