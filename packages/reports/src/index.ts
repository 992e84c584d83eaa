export { holdArchiveMark, readArchiveMark } from "./archive-mark.ts";
export type { Action, Actor, FieldChange, RecordedAction, Subject } from "./audit/action.ts";
export { changedFields } from "./audit/changed-fields.ts";
export { type ActionFilter, readActions } from "./audit/read-actions.ts";
export { recordAction } from "./audit/record-action.ts";
export {
  type BacklogSample,
  type CountName,
  countNames,
  type MinuteCounts,
} from "./counts/count-names.ts";
export { readCounts, removeCounts } from "./counts/read-counts.ts";
export { type Counts, startCounts } from "./counts/start-counts.ts";
export { type Account, sumAccounts } from "./ledger/account.ts";
export { latencyBoundsMs } from "./ledger/buckets.ts";
export {
  changesOfContent,
  changesOfOutcomes,
  type LedgerChanges,
  type SettledMessage,
} from "./ledger/changes.ts";
export { type Content, contentOf, readContent, writeReason } from "./ledger/content.ts";
export { dayMs, dayOf, readDay, receivedAtMsOf, writeDay } from "./ledger/day.ts";
export { type Latency, type LatencyQuantiles, quantilesOf, sumLatency } from "./ledger/latency.ts";
export { accountOfDay, type LedgerDay } from "./ledger/ledger-day.ts";
export { packDays } from "./ledger/pack-days.ts";
export { keptDays, raising } from "./ledger/raising.ts";
export { hoursOf, type LedgerHour, readHours } from "./ledger/read-hours.ts";
export {
  addLedgers,
  type Ledger,
  type LedgerOfRange,
  type LedgerQuery,
  type LedgerRange,
  listLedgerSources,
  readBySource,
  readExpectedContent,
  readLedger,
  readLedgers,
  readSplit,
} from "./ledger/read-ledger.ts";
export { removeLedger } from "./ledger/remove-ledger.ts";
export { otherSources, unknownSource } from "./ledger/scope.ts";
export {
  type AccountRows,
  countOfEvent,
  type DayRow,
  type EventRow,
  type LedgerSplit,
  ledgerSplits,
  type ReasonRow,
  type SourceRow,
  splitByDay,
  splitByEvent,
  splitByReason,
  splitDays,
} from "./ledger/split-days.ts";
export type { Outcome } from "./outcome.ts";
export { appendRecords } from "./records/append-records.ts";
export { readBody, replaceBody, splitElement, writeBody } from "./records/element.ts";
export { outboxing } from "./records/outbox.ts";
export { type RecordText, readElements, readElementTexts } from "./records/read-elements.ts";
export {
  findNewestRecords,
  findRecords,
  listRecords,
  recordedSinceMs,
} from "./records/read-records.ts";
export type { Attempt, MessageRecord } from "./records/record.ts";
export { readTraceList, redactTraces, type Trace, writeTraces } from "./records/traces.ts";
export { recordBytes, recordBytesOf, removeRecords, trimRecords } from "./records/trim-records.ts";
export { mergeRefused } from "./refused/merge-refused.ts";
export { readRefused } from "./refused/read-refused.ts";
export {
  noConnectionFed,
  type RefusedCalls,
  type RefusedExample,
  refusedBounds,
  refusedFields,
  salvaged,
  sourcePaused,
} from "./refused/refused-call.ts";
export { removeRefused, removeRefusedExamples } from "./refused/remove-refused.ts";
export {
  findDeliverySituations,
  findRedisSituation,
  findSetUpSituation,
  findSpoolSituations,
} from "./situations/find-situations.ts";
export {
  describeSituation,
  type FoundSituation,
  runbookRow,
  type Situation,
  type SituationName,
  situations,
} from "./situations/situations.ts";
export {
  type ConnectionFacts,
  type ConnectionState,
  deriveState,
  needsAttention,
  stateNames,
} from "./state/derive-state.ts";
export { explainState, nameState } from "./state/describe-state.ts";
export {
  type IntakeAlive,
  type IntakeReport,
  leaveIntakes,
  readIntakes,
  reportIntake,
  type SpoolReport,
} from "./state/intakes.ts";
export { type ConnectionReport, type Reports, readReports } from "./state/read-reports.ts";
export { readWorkers, type WorkerAlive, workerSilenceMs } from "./state/read-workers.ts";
export { describeAttention, describeWorkers } from "./state/state-warnings.ts";
export { type ConnectionStatus, readStatus, writeStatus } from "./status.ts";
