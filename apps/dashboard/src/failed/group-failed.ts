import type { Rejection } from "@customerio-router/messages";
import { type FailedMessage, groupKey } from "./failed-messages.ts";

/** Messages that failed for one reason. */
export type FailedGroup = {
  /** Names the group in links; the same as long as the reason is. */
  key: string;
  rejection: Rejection;
  messages: number;
  jobIds: Set<string>;
  newestAtMs: number;
  /** How many of them a retry may deliver; the others would fail again. */
  passing: number;
};

/** Groups by reason, the largest first. */
export async function groupByReason(
  messages: AsyncIterable<FailedMessage>,
  canPass: (failed: FailedMessage) => boolean,
): Promise<FailedGroup[]> {
  const groups = new Map<string, FailedGroup>();
  for await (const failed of messages) {
    const { rejection, jobId, failedAtMs } = failed;
    const key = groupKey(rejection);
    const group = groups.get(key) ?? {
      key,
      rejection,
      messages: 0,
      jobIds: new Set(),
      newestAtMs: failedAtMs,
      passing: 0,
    };
    groups.set(key, group);
    group.messages += 1;
    group.jobIds.add(jobId);
    group.newestAtMs = Math.max(group.newestAtMs, failedAtMs);
    if (canPass(failed)) group.passing += 1;
  }
  return [...groups.values()].sort((one, other) => other.messages - one.messages);
}
