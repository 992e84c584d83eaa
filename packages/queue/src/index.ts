export { type Backend, createBackend } from "./backend.ts";
export { type BacklogWatch, estimateBacklogBytes, readMemory, watchBacklogs } from "./backlog.ts";
export { ConnectionQueue } from "./connection-queue.ts";
export {
  type BacklogSample,
  type CountName,
  type Counts,
  countNames,
  createCounts,
  type MinuteCounts,
  readCounts,
} from "./counts.ts";
export { dropEvents } from "./drop-events.ts";
export { createEnqueuer, type Enqueuer, type Keep, QueueUnavailableError } from "./enqueuer.ts";
export type * from "./entry.ts";
export { forgetConnection, readDeletedAtMs, welcomeConnection } from "./forget-connection.ts";
export {
  ConnectionGoneError,
  ConnectionLostError,
  createJobAdder,
  type JobAdder,
  type JobAdderOptions,
} from "./job-adder.ts";
export { type JobQueue, openJobQueue } from "./job-queue.ts";
export { createLeases, type Lease, type Leases } from "./lease.ts";
export { askLimiter, type Grant } from "./limiter.ts";
export { connectionIdOf, queueName, queuePrefix } from "./names.ts";
export type { NewJob } from "./new-job.ts";
export { FencedError } from "./own/fencing.ts";
export type { QueueState } from "./own/queue-state.ts";
export type { Settled, Settlement } from "./own/settle.ts";
export { maxJobBytes, type TakenJob, type TooLargeJob } from "./own/take.ts";
export { countWorkers, leaveWorkers } from "./presence.ts";
export {
  findRecords,
  listRecords,
  type RecordPage,
  recordedSinceMs,
} from "./records/read-records.ts";
export type { Attempt, MessageRecord } from "./records/record.ts";
export { recordBytes, removeRecords, trimRecords, writeRecords } from "./records/write-records.ts";
export { type RedisHealth, watchRedisHealth } from "./redis/watch-health.ts";
export { connectRedis, countBreaks, isReady, type RedisClient } from "./redis.ts";
export { findRedisWarnings } from "./redis-warnings.ts";
export { type ConnectionStatus, readStatus, writeStatus } from "./status.ts";
export { trimCompleted } from "./trim-completed.ts";
export { type FailedBounds, trimFailed } from "./trim-failed.ts";
export { listenForWake, wake } from "./wake.ts";
export { withTimeout } from "./with-timeout.ts";
