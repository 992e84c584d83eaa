export { TooFewReplicasError } from "./add/add-jobs.ts";
export { createEnqueuer, type Enqueuer, type Keep, QueueUnavailableError } from "./add/enqueuer.ts";
export {
  ConnectionGoneError,
  ConnectionLostError,
  createJobAdder,
  type JobAdder,
  type JobAdderOptions,
  type Known,
} from "./add/job-adder.ts";
export { contentOfText, type NewJob } from "./add/new-job.ts";
export { type Backend, createBackend } from "./backend.ts";
export { estimateBacklogBytes, watchBacklogs } from "./backlog.ts";
export { ConnectionQueue } from "./connection-queue.ts";
export { findPlace, type PlaceInQueue } from "./find-place.ts";
export { forgetConnection, readDeletedAtMs, welcomeConnection } from "./forget-connection.ts";
export { FencedError, fencing } from "./own/fencing.ts";
export { findWithFailed, findWithJobs } from "./own/find-with-jobs.ts";
export { type JobQueue, openJobQueue } from "./own/job-queue.ts";
export { type Lease, type Leases, startLeases } from "./own/lease.ts";
export { askLimiter, type Grant } from "./own/limiter.ts";
export { type Outbox, type OutboxCut, openOutbox } from "./own/outbox.ts";
export { countWorkers, leaveWorkers } from "./own/presence.ts";
export { type Redaction, redactPeople } from "./own/redact.ts";
export { redactReplays } from "./own/redact-replays.ts";
export type { Settled, Settlement } from "./own/settle.ts";
export type { Taken, TakenJob, TooLargeJob } from "./own/take.ts";
export { recount } from "./recount.ts";
export type { Portion } from "./replay/add-portion.ts";
export {
  isEnded,
  type Replay,
  type ReplayFile,
  type ReplayFilter,
  type ReplayLine,
  type ReplayState,
  type ReplayWish,
  replayStates,
  shadowReason,
} from "./replay/replay.ts";
export { type LeftOutReason, leftOutReasons, toReplayedEntry } from "./replay/replayed-entry.ts";
export { type KnownErased, type LineToReplay, type ReplayRun, runReplay } from "./replay/run-replay.ts";
export {
  changeReplay,
  endReplay,
  listReplays,
  noteOfReplay,
  type ReplayChange,
  readReplay,
  runningReplays,
  startReplay,
} from "./replay/store-replay.ts";
export { type ScannedElement, type ScannedJob, scanBodies, scanJobs } from "./scan-jobs.ts";
export { type FailedPart, separateFailed } from "./separate-failed.ts";
export { dropEvents } from "./upkeep/drop-events.ts";
export { dropFormerRecords } from "./upkeep/drop-former-records.ts";
export { trimFailed } from "./upkeep/trim-failed.ts";
export { listenForWake, wake } from "./wake.ts";
