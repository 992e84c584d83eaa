import { hash } from "node:crypto";
import type { Connection } from "@customerio-router/connections";
import { messageIdOf, type Rejection, readJobData } from "@customerio-router/messages";
import type { Job, Queue } from "bullmq";

const jobsAtOnce = 200;

/** A message that stands under *failed*, with why. */
export type FailedMessage = {
  connection: Pick<Connection, "id" | "name">;
  messageId: string;
  jobId: string;
  /** Unix milliseconds. */
  failedAtMs: number;
  rejection: Rejection;
  /** Only its beginning was kept: it can never be sent. */
  isCut: boolean;
  message: unknown;
};

/** The failed messages of a connection, newest job first, of so many jobs at the most. */
export async function* failedMessages(
  { connection, queue }: { connection: Pick<Connection, "id" | "name">; queue: Queue },
  maxJobs: number,
): AsyncGenerator<FailedMessage> {
  for (let start = 0; start < maxJobs; start += jobsAtOnce) {
    const jobs = await queue.getJobs(["failed"], start, Math.min(start + jobsAtOnce, maxJobs) - 1);
    for (const job of jobs) if (job) yield* messagesOf(connection, job);
    if (jobs.length < jobsAtOnce) return;
  }
}

/** Messages that failed for one reason. */
export type FailedGroup = {
  /** Names the group in links; the same as long as the reason is. */
  key: string;
  rejection: Rejection;
  messages: number;
  jobIds: Set<string>;
  newestAtMs: number;
};

/** What names the group of messages with this reason. */
export function groupKey({ reason, field = "", message }: Rejection): string {
  return hash("sha256", JSON.stringify([reason, field, message]), "base64url").slice(0, 16);
}

/** Groups by reason, the largest first. */
export async function groupByReason(messages: AsyncIterable<FailedMessage>): Promise<FailedGroup[]> {
  const groups = new Map<string, FailedGroup>();
  for await (const { rejection, jobId, failedAtMs } of messages) {
    const key = groupKey(rejection);
    const group = groups.get(key) ?? {
      key,
      rejection,
      messages: 0,
      jobIds: new Set(),
      newestAtMs: failedAtMs,
    };
    groups.set(key, group);
    group.messages += 1;
    group.jobIds.add(jobId);
    group.newestAtMs = Math.max(group.newestAtMs, failedAtMs);
  }
  return [...groups.values()].sort((one, other) => other.messages - one.messages);
}

/** Where an entry has no reason of its own, as in a job that failed by other means, the job's reason counts. */
function messagesOf({ id, name }: Pick<Connection, "id" | "name">, job: Job): FailedMessage[] {
  const ofJob: Rejection = { reason: "failed", message: job.failedReason || "The job failed." };
  return readJobData(job.data).entries.map(({ message, rejected = ofJob, cut = false }) => ({
    connection: { id, name },
    messageId: messageIdOf(message),
    jobId: job.id ?? "",
    failedAtMs: job.finishedOn ?? job.timestamp,
    rejection: rejected,
    isCut: cut,
    message,
  }));
}
