import type { Counts } from "@customerio-router/queue";
import type { Pipeline } from "../delivery/pipeline.ts";

/** What waits in a connection's queue. */
export type ConnectionBacklog = { connectionId: string; jobs: number; oldestMs: number };

export function readBacklogs(pipelines: Pipeline[]): Promise<ConnectionBacklog[]> {
  return Promise.all(
    pipelines.map(async (pipeline) => ({
      connectionId: pipeline.lease.connectionId,
      ...(await pipeline.backlog()),
    })),
  );
}

/** For the plots of the dashboard. */
export async function sampleBacklogs(counts: Pick<Counts, "sample">, pipelines: Pipeline[]): Promise<void> {
  for (const { connectionId, jobs, oldestMs } of await readBacklogs(pipelines)) {
    counts.sample(connectionId, { jobsWaiting: jobs, oldestWaitingMs: oldestMs });
  }
}
