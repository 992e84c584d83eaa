import { randomBytes } from "node:crypto";
import { queueKeys, type RedisClient, retryKey } from "@customerio-router/redis";
import type { Changed } from "./change-failed.ts";

/** A retry of more jobs is not followed: its page reads each of them. */
const maxJobs = 1_000;
const keptMs = 3_600_000;

type Retry = { atMs: number; jobs: Changed["jobs"] };

/** What became of the messages of a retry until now: how many are where. */
export type RetryOutcome = {
  atMs: number;
  delivered: number;
  skipped: number;
  /** Others of their job were rejected again, and nothing says which of the two these were. */
  deliveredOrSkipped: number;
  rejected: number;
  waiting: number;
  /** Their jobs are no longer kept. */
  gone: number;
};

/** Keeps for an hour which jobs were retried. Gives the id under which `readRetry` finds them; nothing where they are too many. */
export async function followRetry(
  redis: RedisClient,
  connectionId: string,
  jobs: Changed["jobs"],
): Promise<string | undefined> {
  if (jobs.length === 0 || jobs.length > maxJobs) return undefined;
  const id = randomBytes(12).toString("hex");
  const retry: Retry = { atMs: Date.now(), jobs };
  await redis.set(retryKey(connectionId, id), JSON.stringify(retry), "PX", keptMs);
  return id;
}

export async function readRetry(
  redis: RedisClient,
  connectionId: string,
  id: string,
): Promise<RetryOutcome | undefined> {
  const text = await redis.get(retryKey(connectionId, id));
  if (text === null) return undefined;
  const { atMs, jobs } = JSON.parse(text) as Retry;
  const none = { delivered: 0, skipped: 0, deliveredOrSkipped: 0, rejected: 0, waiting: 0, gone: 0 };
  const sum: RetryOutcome = { atMs, ...none };
  for (const outcome of await Promise.all(jobs.map((job) => readJob(redis, connectionId, job)))) {
    for (const name of Object.keys(none) as (keyof typeof none)[]) sum[name] += outcome[name] ?? 0;
  }
  return sum;
}

async function readJob(
  redis: RedisClient,
  connectionId: string,
  { id, messages }: Changed["jobs"][number],
): Promise<Partial<RetryOutcome>> {
  const { failed, completed, job } = queueKeys(connectionId);
  const [isFailed, isCompleted, [madeAt, left, result]] = await Promise.all([
    redis.zscore(failed.set, id),
    redis.zscore(completed.set, id),
    redis.hmget(job(id), "timestamp", "messages", "returnvalue"),
  ]);
  if (isFailed !== null) {
    const rejected = Math.min(messages, Number(left ?? messages));
    return { rejected, deliveredOrSkipped: messages - rejected };
  }
  if (isCompleted !== null) {
    const { delivered = 0 } = JSON.parse(result ?? "null") ?? {};
    return { delivered: Math.min(messages, delivered), skipped: Math.max(0, messages - delivered) };
  }
  return madeAt ? { waiting: messages } : { gone: messages };
}
