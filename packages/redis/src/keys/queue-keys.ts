import { keyPrefix } from "./key-prefix.ts";

/** The BullMQ queue of a connection; its keys are `customerio-router:{id}:…`. */
export function queueName(connectionId: string): string {
  return `{${connectionId}}`;
}

/** The connection whose queue this is. */
export function connectionIdOf(name: string): string {
  return name.slice(1, -1);
}

type Finished = { set: string; metrics: string; points: string };

/** What BullMQ calls the parts of a queue. */
export type QueueKeys = {
  /** The prefix of a job's key, before its id. */
  jobPrefix: string;
  job(id: string): string;
  meta: string;
  wait: string;
  active: string;
  prioritized: string;
  delayed: string;
  completed: Finished;
  failed: Finished;
  events: string;
};

export function queueKeys(connectionId: string): QueueKeys {
  const jobPrefix = `${keyPrefix}:${queueName(connectionId)}:`;
  const finished = (state: string): Finished => ({
    set: `${jobPrefix}${state}`,
    metrics: `${jobPrefix}metrics:${state}`,
    points: `${jobPrefix}metrics:${state}:data`,
  });
  return {
    jobPrefix,
    job: (id) => `${jobPrefix}${id}`,
    meta: `${jobPrefix}meta`,
    wait: `${jobPrefix}wait`,
    active: `${jobPrefix}active`,
    prioritized: `${jobPrefix}prioritized`,
    delayed: `${jobPrefix}delayed`,
    completed: finished("completed"),
    failed: finished("failed"),
    events: `${jobPrefix}events`,
  };
}

/** The messageIds a connection was sent lately: recent, former. */
export function rememberedIdsKeys(connectionId: string): [recent: string, former: string] {
  const key = `${keyPrefix}:ids:{${connectionId}}`;
  return [`${key}:recent`, `${key}:former`];
}

/** Tells a connection's owner that its queue has jobs. */
export const wakeChannel = `${keyPrefix}:wake`;
