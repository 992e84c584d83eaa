import type { Connection } from "@customerio-router/connections";
import { type ConnectionQueue, separateFailed } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { type FailedFilter, matchesFailed } from "./failed-filter.ts";
import { type FailedMessage, failedOf, failedOfJob } from "./failed-messages.ts";

const atOnce = 100;

/** What became of the failed messages that were meant. */
export type Changed = {
  /** Those that were changed. */
  messages: number;
  /** Those that could not be taken out of their job: a person had edited it. */
  left: number;
  /** Those that a retry leaves, because it would fail again. */
  hopeless: number;
  /** The jobs of those that were changed. */
  jobs: { id: string; messages: number }[];
};

type ChangeFailed = {
  redis: RedisClient;
  connection: Connection;
  queue: ConnectionQueue;
  filter: FailedFilter;
  /** Jobs that stay as they are. */
  without?: ReadonlySet<string>;
  /** Whether a message is changed that is meant; others stay, and are counted as hopeless. */
  mayPass?: (failed: FailedMessage) => boolean;
};

/** Puts failed messages back to wait, at the end of the queue. Others were retried or removed meanwhile. */
export async function retryFailed(options: ChangeFailed): Promise<Changed> {
  return await changeFailed(options, async (jobId) => {
    const job = await options.queue.getJob(jobId);
    if (!job) throw new Error("the job is gone");
    await job.retry("failed", { resetAttemptsMade: true });
  });
}

/** Removes failed messages, which the ledger then counts as removed. */
export async function discardFailed(options: ChangeFailed): Promise<Changed> {
  return await changeFailed(options, async (jobId) => {
    if ((await options.queue.remove(jobId)) === 0) throw new Error("the job is gone, or a worker has it");
  });
}

async function changeFailed(options: ChangeFailed, act: (jobId: string) => Promise<void>): Promise<Changed> {
  const { queue, filter, without = new Set() } = options;
  const all = filter.job === "" ? await queue.getRanges(["failed"], 0, -1) : [filter.job];
  const ids = all.filter((id) => !without.has(id));
  const changed: Changed = { messages: 0, left: 0, hopeless: 0, jobs: [] };
  for (let start = 0; start < ids.length; start += atOnce) {
    const part = ids.slice(start, start + atOnce);
    const parts = await Promise.all(part.map((id) => changeJob(options, id, act)));
    for (const { messages, left, hopeless, jobs } of parts) {
      changed.messages += messages;
      changed.left += left;
      changed.hopeless += hopeless;
      changed.jobs.push(...jobs);
    }
  }
  return changed;
}

const nothing: Changed = { messages: 0, left: 0, hopeless: 0, jobs: [] };

async function changeJob(
  { redis, connection, queue, filter, mayPass = () => true }: ChangeFailed,
  id: string,
  act: (jobId: string) => Promise<void>,
): Promise<Changed> {
  const job = await queue.getJob(id);
  if (!job) return nothing;
  const meant = failedOfJob(connection, job).filter((failed) => matchesFailed(filter, failed));
  const wanted = meant.filter(mayPass).length;
  const hopeless = meant.length - wanted;
  if (wanted === 0) return { ...nothing, hopeless };
  const separate = await separateFailed(redis, connection.id, {
    jobId: id,
    isWanted: (entry) => {
      const failed = failedOf(connection, job, entry);
      return matchesFailed(filter, failed) && mayPass(failed);
    },
  });
  if (!separate) return (await job.isFailed()) ? { ...nothing, left: wanted, hopeless } : nothing;
  try {
    await act(separate.jobId);
  } catch (error) {
    if ((await queue.getJobState(separate.jobId)) === "failed") throw error;
    // Somebody else was faster: it is retried or removed.
    return nothing;
  }
  const { jobId, messages } = separate;
  return { messages, left: 0, hopeless, jobs: [{ id: jobId, messages }] };
}
