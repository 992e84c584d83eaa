import { hash } from "node:crypto";
import type { Connection } from "@customerio-router/connections";
import { type Entry, eventOf, messageIdOf, type Rejection, readJobData } from "@customerio-router/messages";
import type { Job, Queue } from "bullmq";

const jobsAtOnce = 200;

/** A message that stands under *failed*, with why. */
export type FailedMessage = {
  connection: Pick<Connection, "id" | "name">;
  messageId: string;
  /** As `eventOf` gives it. */
  event: string;
  jobId: string;
  /** Unix milliseconds. */
  failedAtMs: number;
  rejection: Rejection;
  /** Only its beginning was kept: it can never be sent. */
  isCut: boolean;
  entry: Entry;
  message: unknown;
};

/** The failed messages of a connection, newest job first, of so many jobs at the most. */
export async function* failedMessages(
  { connection, queue }: { connection: Pick<Connection, "id" | "name">; queue: Queue },
  maxJobs: number,
): AsyncGenerator<FailedMessage> {
  for (let start = 0; start < maxJobs; start += jobsAtOnce) {
    const jobs = await queue.getJobs(["failed"], start, Math.min(start + jobsAtOnce, maxJobs) - 1);
    for (const job of jobs) if (job) yield* failedOfJob(connection, job);
    if (jobs.length < jobsAtOnce) return;
  }
}

export function failedOfJob(connection: Pick<Connection, "id" | "name">, job: Job): FailedMessage[] {
  return readJobData(job.data).entries.map((entry) => failedOf(connection, job, entry));
}

/** Where an entry has no reason of its own, as in a job that failed by other means, the job's reason counts. */
export function failedOf(
  { id, name }: Pick<Connection, "id" | "name">,
  job: Job,
  entry: Entry,
): FailedMessage {
  const ofJob: Rejection = { reason: "failed", message: job.failedReason || "The job failed." };
  const { message, rejected = ofJob, cut = false } = entry;
  return {
    connection: { id, name },
    messageId: messageIdOf(message),
    event: eventOf(message),
    jobId: job.id ?? "",
    failedAtMs: job.finishedOn ?? job.timestamp,
    rejection: rejected,
    isCut: cut,
    entry,
    message,
  };
}

/** What names the group of messages with this reason. */
export function groupKey({ reason, field = "", message }: Rejection): string {
  return hash("sha256", JSON.stringify([reason, field, message]), "base64url").slice(0, 16);
}
