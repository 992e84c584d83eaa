import type { ConnectionQueue } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readCounts, readStatus } from "@customerio-router/reports";
import type { Connection } from "../connection.ts";
import type { ConnectionState } from "./connection-state.ts";

/** A connection and how its delivery stands. Jobs hold 1 to 100 messages each. */
export type ConnectionOverview = {
  connection: Connection;
  state: ConnectionState;
  /** Jobs that wait or are on their way. */
  waiting: number;
  failed: number;
  /** Unix milliseconds; `undefined` while nothing waits. */
  oldestWaitingAt: number | undefined;
  /** Why the newest failed job failed. */
  lastFailure: string | undefined;
  /** Messages, over the last whole minutes. */
  deliveredPerMinute: number;
};

/** A minute alone jumps. */
const rateMinutes = 5;

type OverviewSource = { redis: RedisClient; connection: Connection; queue: ConnectionQueue };

export async function readOverview({
  redis,
  connection,
  queue,
}: OverviewSource): Promise<ConnectionOverview> {
  const [paused, status, counts, [oldest], [newestFailed], minutes] = await Promise.all([
    queue.isPaused(),
    readStatus(redis, connection.id),
    queue.getJobCounts("waiting", "active", "prioritized", "delayed", "failed"),
    queue.getJobs(["waiting"], 0, 0, true),
    queue.getJobs(["failed"], 0, 0),
    readCounts(redis, connection.id, Date.now() - rateMinutes * 60_000),
  ]);
  const { failed = 0, ...unfinished } = counts;
  return {
    connection,
    state: paused ? { state: "paused" } : status,
    waiting: Object.values(unfinished).reduce((sum, count) => sum + count, 0),
    failed,
    oldestWaitingAt: oldest?.timestamp,
    lastFailure: newestFailed?.failedReason,
    deliveredPerMinute:
      minutes.slice(0, rateMinutes).reduce((sum, { delivered }) => sum + delivered, 0) / rateMinutes,
  };
}
