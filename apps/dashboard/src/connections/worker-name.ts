import type { WorkerAlive } from "@customerio-router/reports";

/** A worker process as people find it: "process 71 on web-1, version 0.1.0". */
export function workerName({ id, version, host, pid }: WorkerAlive): string {
  if (version === undefined) return `${id}, of an older version`;
  return `process ${pid} on ${host}, version ${version}`;
}
