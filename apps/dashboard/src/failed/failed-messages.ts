import { hash } from "node:crypto";
import type { Connection } from "@customerio-router/connections";
import type { Rejection } from "@customerio-router/queue";
import type { Job, Queue } from "bullmq";
import { messageIdOf } from "../messages/find/known-message.ts";
import { isRejection } from "../messages/find/waiting-messages.ts";

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

/** A person may have edited a job's data, or failed it by other means: then the job's own reason counts. */
function messagesOf({ id, name }: Pick<Connection, "id" | "name">, job: Job): FailedMessage[] {
  const entries: unknown = isObject(job.data) ? job.data.entries : undefined;
  const ofJob: Rejection = { reason: "failed", message: job.failedReason || "The job failed." };
  return (Array.isArray(entries) ? entries : [{ message: job.data }]).map((entry: unknown) => {
    const { message, rejected, cut } = isObject(entry) ? entry : { message: entry };
    return {
      connection: { id, name },
      messageId: messageIdOf(message),
      jobId: job.id ?? "",
      failedAtMs: job.finishedOn ?? job.timestamp,
      rejection: isRejection(rejected) ? rejected : ofJob,
      isCut: cut === true,
      message,
    };
  });
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null;
}
