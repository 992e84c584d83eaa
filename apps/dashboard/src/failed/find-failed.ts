import type { Connection } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import type { CompiledRules } from "@customerio-router/rules";
import type { Queue } from "bullmq";
import { retryMayPass } from "./can-pass.ts";
import { type FailedMessage, failedOfJob } from "./failed-messages.ts";
import { type Overtaken, watchOvertaken } from "./overtaken.ts";

type Place = { connection: Connection; queue: Queue; jobId: string; messageId: string };

/** A message that stands under *failed*, by its job; undefined once it was retried or removed. */
export async function findFailed({
  connection,
  queue,
  jobId,
  messageId,
}: Place): Promise<FailedMessage | undefined> {
  const job = await queue.getJob(jobId);
  if (!job || !(await job.isFailed())) return undefined;
  return failedOfJob(connection, job).find((failed) => failed.messageId === messageId);
}

/** What a person can do about a failed message. */
export type FailedChoice = {
  failed: FailedMessage;
  /** False where a retry would fail again. */
  canPass: boolean;
  /** Whether a retry would turn back what newer messages have set. */
  overtaken: Overtaken;
};

export async function findChoice(
  place: Place,
  { redis, rules }: { redis: RedisClient; rules: CompiledRules | undefined },
): Promise<FailedChoice | undefined> {
  const failed = await findFailed(place);
  if (!failed) return undefined;
  const watch = watchOvertaken(redis, place.connection, rules);
  async function* one() {
    yield failed as FailedMessage;
  }
  for await (const _ of watch.noting(one()));
  return {
    failed,
    canPass: retryMayPass(place.connection, rules)(failed),
    overtaken: await watch.find(),
  };
}
