import { randomBytes } from "node:crypto";
import { type Entry, readJobText, writeJobData } from "@customerio-router/messages";
import { defineScript, queueKeys, type RedisClient } from "@customerio-router/redis";
import { contentOf } from "@customerio-router/reports";

/**
 * Changes a failed job, unless it is another one by now, and gives what is taken from it a failed job of its own. What the
 * ledger counted is divided in the same step, so its numbers stay.
 */
const divideFailed = defineScript<number>(
  "divideFailed",
  `local failed, job, part = unpack(KEYS)
   local id, partId, former, counted, data, content, messages, partData, partContent, partMessages = unpack(ARGV)
   local finishedOn = redis.call('ZSCORE', failed, id)
   if not finishedOn or redis.call('HGET', job, 'data') ~= former then return 0 end
   if partId == id then return redis.call('HSET', job, 'data', partData) and 1 end
   if redis.call('HGET', job, 'ledger') ~= counted then return 0 end
   redis.call('COPY', job, part)
   redis.call('HSET', part, 'data', partData, 'ledger', partContent, 'messages', partMessages)
   redis.call('HSET', job, 'data', data, 'ledger', content, 'messages', messages)
   redis.call('ZADD', failed, finishedOn, partId)
   return 1`,
);

/** Some messages of a failed job. */
export type FailedPart = {
  jobId: string;
  isWanted: (entry: Entry) => boolean;
  /** What is kept of each of them instead, as a person edited it; the ledger sees it when a worker takes the job. */
  edit?: (entry: Entry) => Entry;
};

/**
 * Sees to it that the wanted messages of a failed job are alone in one, so that a person can retry, edit or remove them
 * without the others.
 * @returns that job and how many messages it has; undefined where the job is not failed any more, has no such message, or
 * was edited by another way, so that nobody can say what the ledger counted of which message
 */
export async function separateFailed(
  redis: RedisClient,
  connectionId: string,
  { jobId, isWanted, edit }: FailedPart,
): Promise<{ jobId: string; messages: number } | undefined> {
  const keys = queueKeys(connectionId);
  const job = keys.job(jobId);
  const [former = null, madeAt = null, isFailed] = await Promise.all([
    redis.hget(job, "data"),
    redis.hget(job, "timestamp"),
    redis.zscore(keys.failed.set, jobId),
  ]);
  if (former === null || isFailed === null) return undefined;
  const { entries, rejected } = readJobText(former);
  const wanted = entries.filter(isWanted);
  if (wanted.length === 0) return undefined;
  const left = entries.filter((entry) => !isWanted(entry));
  if (left.length === 0 && !edit) return { jobId, messages: wanted.length };
  if (rejected) return undefined;

  const contentOfFailed = (failed: Entry[]) => contentOf({ entries: [], rejected: failed }, Number(madeAt));
  const partId = left.length === 0 ? jobId : `g${randomBytes(12).toString("hex")}`;
  const part = edit ? wanted.map(edit) : wanted;
  const isDone = await divideFailed(
    redis,
    [keys.failed.set, job, keys.job(partId)],
    [
      ...[jobId, partId, former, contentOfFailed(entries)],
      ...[writeJobData({ entries: left }), contentOfFailed(left), left.length],
      ...[writeJobData({ entries: part }), contentOfFailed(wanted), part.length],
    ],
  );
  return isDone === 1 ? { jobId: partId, messages: part.length } : undefined;
}
