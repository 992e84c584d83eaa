import { fenceKey, goneKey, jobKeyPrefix, leaseKey } from "../names.ts";

type Finished = { set: string; metrics: string; points: string };

/** The keys an owner works with, made once: settling is the hot path. */
export type OwnerKeys = {
  lease: string;
  fence: string;
  gone: string;
  /** What stands before a job's id in its key. */
  jobPrefix: string;
  job(id: string): string;
  meta: string;
  wait: string;
  active: string;
  prioritized: string;
  delayed: string;
  completed: Finished;
  failed: Finished;
};

export function ownerKeys(connectionId: string): OwnerKeys {
  const jobPrefix = jobKeyPrefix(connectionId);
  const finished = (state: string): Finished => ({
    set: `${jobPrefix}${state}`,
    metrics: `${jobPrefix}metrics:${state}`,
    points: `${jobPrefix}metrics:${state}:data`,
  });
  return {
    lease: leaseKey(connectionId),
    fence: fenceKey(connectionId),
    gone: goneKey(connectionId),
    jobPrefix,
    job: (id) => `${jobPrefix}${id}`,
    meta: `${jobPrefix}meta`,
    wait: `${jobPrefix}wait`,
    active: `${jobPrefix}active`,
    prioritized: `${jobPrefix}prioritized`,
    delayed: `${jobPrefix}delayed`,
    completed: finished("completed"),
    failed: finished("failed"),
  };
}
