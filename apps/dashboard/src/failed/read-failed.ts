import type { Connection } from "@customerio-router/connections";
import type { MessagesContext } from "../messages/messages-context.ts";
import { retryMayPass } from "./can-pass.ts";
import { type FailedFilter, matchesFailed } from "./failed-filter.ts";
import { type FailedMessage, failedMessages } from "./failed-messages.ts";
import { type FailedGroup, groupByReason } from "./group-failed.ts";
import { type Overtaken, watchOvertaken } from "./overtaken.ts";

/** Jobs of a connection that are looked at, the newest; each has 1 to 100 messages. */
export const groupedJobs = 5_000;

/** What pages show of a connection's failed messages. */
export type FailedRead = { groups: FailedGroup[]; jobs: number; overtaken: Overtaken };

/** The failed messages that pass the filter, by reason; each is given to `onMessage`, and the event of each other too to `onEvent`. */
export async function readFailed(
  { redis, rules, queues }: Pick<MessagesContext, "redis" | "rules" | "queues">,
  {
    connection,
    filter,
    onMessage = () => {},
    onEvent = () => {},
  }: {
    connection: Connection;
    filter: FailedFilter;
    onMessage?: (failed: FailedMessage) => void;
    onEvent?: (event: string) => void;
  },
): Promise<FailedRead> {
  const queue = queues.of(connection.id);
  const jobs = await queue.getFailedCount();
  if (jobs === 0) return { groups: [], jobs, overtaken: { jobIds: new Set(), unknownJobIds: new Set() } };
  const { compiled } = await rules.open(connection.id);
  const watch = watchOvertaken(redis, connection, compiled);
  async function* wanted(): AsyncGenerator<FailedMessage> {
    for await (const failed of failedMessages({ connection, queue }, groupedJobs)) {
      onEvent(failed.event);
      if (!matchesFailed(filter, failed)) continue;
      onMessage(failed);
      yield failed;
    }
  }
  const groups = await groupByReason(watch.noting(wanted()), retryMayPass(connection, compiled));
  return { groups, jobs, overtaken: await watch.find() };
}
