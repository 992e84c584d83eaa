import type { ConnectionQueue } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { type ConnectionReport, readCounts, readReports, type WorkerAlive } from "@customerio-router/reports";
import type { Connection } from "../connection.ts";

/** A connection and how its delivery stands. */
export type ConnectionOverview = Omit<ConnectionReport, "id"> & {
  connection: Connection;
  /** Why the newest failed job failed. */
  lastFailure: string | undefined;
  /** Messages, over the last whole minutes. */
  deliveredPerMinute: number;
};

/** A minute alone jumps. */
const rateMinutes = 5;

type OverviewSource = {
  redis: RedisClient;
  connections: readonly Connection[];
  queueOf: (connectionId: string) => ConnectionQueue;
};

/** The workers that are alive, and how each connection stands. */
export async function readOverviews({
  redis,
  connections,
  queueOf,
}: OverviewSource): Promise<{ workers: WorkerAlive[]; overviews: ConnectionOverview[] }> {
  const { workers, connections: reports } = await readReports(
    redis,
    connections.map(({ id }) => id),
  );
  const overviews = await Promise.all(
    connections.map(async (connection, index) => {
      const { id, ...report } = reports[index] as ConnectionReport;
      const [[newestFailed], minutes] = await Promise.all([
        queueOf(id).getJobs(["failed"], 0, 0),
        readCounts(redis, id, Date.now() - rateMinutes * 60_000),
      ]);
      const delivered = minutes.slice(0, rateMinutes).reduce((sum, minute) => sum + minute.delivered, 0);
      return {
        connection,
        ...report,
        lastFailure: newestFailed?.failedReason,
        deliveredPerMinute: delivered / rateMinutes,
      };
    }),
  );
  return { workers, overviews };
}
