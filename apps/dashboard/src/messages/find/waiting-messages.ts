import type { Connection } from "@customerio-router/connections";
import { messageIdOf, readJobData } from "@customerio-router/messages";
import type { Job, Queue } from "bullmq";
import type { KnownMessage } from "./known-message.ts";

const onTheirWay = ["active", "waiting", "prioritized", "delayed"] as const;

/** Jobs looked at in search of one message, from the newest on; a job has 1 to 100 messages. */
const searchedJobs = 2_000;
const jobsAtOnce = 100;

/** The newest messages that wait in a queue or are on their way, newest first. */
export async function listWaiting(
  { connection, queue }: { connection: Connection; queue: Queue },
  limit: number,
): Promise<KnownMessage[]> {
  const jobs = await queue.getJobs([...onTheirWay], 0, limit - 1);
  return jobs
    .flatMap((job) => (job ? messagesOf(connection, job).toReversed() : []))
    .sort((one, other) => other.atMs - one.atMs)
    .slice(0, limit);
}

/** A message as it stands in its job: waiting, or failed. */
export async function findInJob(
  { connection, queue }: { connection: Connection; queue: Queue },
  { messageId, jobId }: { messageId: string; jobId: string },
): Promise<KnownMessage | undefined> {
  const job = await queue.getJob(jobId);
  return job && messagesOf(connection, job).find((known) => known.messageId === messageId);
}

/** A message that waits, by its id; `undefined` when none of the newest jobs has it. */
export async function findWaiting(
  { connection, queue }: { connection: Connection; queue: Queue },
  messageId: string,
): Promise<KnownMessage | undefined> {
  for (let start = 0; start < searchedJobs; start += jobsAtOnce) {
    const jobs = await queue.getJobs([...onTheirWay], start, start + jobsAtOnce - 1);
    for (const job of jobs) {
      const found = job && messagesOf(connection, job).find((known) => known.messageId === messageId);
      if (found) return found;
    }
    if (jobs.length === 0) return undefined;
  }
  return undefined;
}

function messagesOf({ id, name }: Connection, job: Job): KnownMessage[] {
  const hasFailed = Boolean(job.failedReason) && job.finishedOn !== undefined;
  const state = hasFailed ? "rejected" : "waiting";
  const ofJob = { reason: "failed", message: job.failedReason };
  return readJobData(job.data).entries.map(
    ({ message, rejected = ofJob, salvaged, warnings, treated, from }) => ({
      connection: { id, name },
      messageId: messageIdOf(message),
      jobId: job.id ?? "",
      atMs: (hasFailed ? job.finishedOn : undefined) ?? job.timestamp,
      state,
      ...(hasFailed && { rejection: rejected }),
      requests: 0,
      attempts: [],
      ...(salvaged && { salvaged }),
      ...(warnings && { warnings }),
      ...(treated && { treated }),
      ...(from && { from }),
      message,
    }),
  );
}
