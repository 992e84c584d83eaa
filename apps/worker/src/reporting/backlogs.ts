import type { Counts } from "@customerio-router/reports";
import { startRepeating } from "@customerio-router/service";
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

/** How often the dashboard's plots get a sample of each backlog. */
const sampleMs = 10_000;

export function startSamplingBacklogs(options: {
  counts: Pick<Counts, "sample">;
  pipelines: () => Pipeline[];
  onError: (error: unknown) => void;
}): Disposable {
  async function sample(): Promise<void> {
    for (const { connectionId, jobs, oldestMs } of await readBacklogs(options.pipelines())) {
      options.counts.sample(connectionId, { jobsWaiting: jobs, oldestWaitingMs: oldestMs });
    }
  }
  return startRepeating(sampleMs, () => sample().catch(options.onError));
}
