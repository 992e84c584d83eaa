import type { Queue } from "bullmq";

const atOnce = 100;

/** Puts failed jobs back to wait, at the end of the queue. Gives how many: others were retried or removed meanwhile. */
export async function retryJobs(queue: Queue, jobIds: Iterable<string>): Promise<number> {
  const ids = [...jobIds];
  let retried = 0;
  for (let start = 0; start < ids.length; start += atOnce) {
    const part = ids.slice(start, start + atOnce);
    const tried = await Promise.allSettled(part.map((id) => retryJob(queue, id)));
    retried += tried.filter(({ status }) => status === "fulfilled").length;
  }
  return retried;
}

async function retryJob(queue: Queue, id: string): Promise<void> {
  const job = await queue.getJob(id);
  if (!job) throw new Error("the job is gone");
  await job.retry("failed", { resetAttemptsMade: true });
}
