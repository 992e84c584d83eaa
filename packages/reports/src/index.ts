export {
  type BacklogSample,
  type CountName,
  countNames,
  type MinuteCounts,
} from "./counts/count-names.ts";
export { readCounts, removeCounts } from "./counts/read-counts.ts";
export { type Counts, startCounts } from "./counts/start-counts.ts";
export { findRecords, listRecords, recordedSinceMs } from "./records/read-records.ts";
export type { Attempt, MessageRecord } from "./records/record.ts";
export { recordBytes, removeRecords, trimRecords, writeRecords } from "./records/write-records.ts";
export { type ConnectionStatus, readStatus, writeStatus } from "./status.ts";
