import type { Connection } from "@customerio-router/connections";
import { type ConnectionQueue, separateFailed } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { type FailedFilter, matchesFailed } from "./failed-filter.ts";
import { failedOf, failedOfJob } from "./failed-messages.ts";

const atOnce = 100;

/** Failed messages that were changed, and those that could not be taken out of their job: a person had edited it. */
export type Changed = { messages: number; left: number; jobIds: string[] };

type ChangeFailed = {
  redis: RedisClient;
  connection: Connection;
  queue: ConnectionQueue;
  filter: FailedFilter;
  /** Jobs that stay as they are. */
  without?: ReadonlySet<string>;
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
  const changed: Changed = { messages: 0, left: 0, jobIds: [] };
  for (let start = 0; start < ids.length; start += atOnce) {
    const part = ids.slice(start, start + atOnce);
    const parts = await Promise.all(part.map((id) => changeJob(options, id, act)));
    for (const { messages, left, jobIds } of parts) {
      changed.messages += messages;
      changed.left += left;
      changed.jobIds.push(...jobIds);
    }
  }
  return changed;
}

const nothing: Changed = { messages: 0, left: 0, jobIds: [] };

async function changeJob(
  { redis, connection, queue, filter }: ChangeFailed,
  id: string,
  act: (jobId: string) => Promise<void>,
): Promise<Changed> {
  const job = await queue.getJob(id);
  if (!job) return nothing;
  const wanted = failedOfJob(connection, job).filter((failed) => matchesFailed(filter, failed)).length;
  if (wanted === 0) return nothing;
  const separate = await separateFailed(redis, connection.id, {
    jobId: id,
    isWanted: (entry) => matchesFailed(filter, failedOf(connection, job, entry)),
  });
  if (!separate) return (await job.isFailed()) ? { ...nothing, left: wanted } : nothing;
  try {
    await act(separate.jobId);
  } catch (error) {
    if ((await queue.getJobState(separate.jobId)) === "failed") throw error;
    // Somebody else was faster: it is retried or removed.
    return nothing;
  }
  return { messages: separate.messages, left: 0, jobIds: [separate.jobId] };
}
