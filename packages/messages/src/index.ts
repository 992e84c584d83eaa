export { withBatchDefaults } from "./batch-defaults.ts";
export {
  type AliasCall,
  type Call,
  type CallType,
  callTypes,
  type Fields,
  type GroupCall,
  type Id,
  type IdentifyCall,
  type Message,
  type PageCall,
  type ScreenCall,
  type TrackCall,
} from "./call.ts";
export { anyCallSchema, callSchemas } from "./call-schemas.ts";
export { isEmail, readEmail } from "./email.ts";
export { eventOf } from "./event-of.ts";
export { changeJobData } from "./job-data/change-job-data.ts";
export type { Entry, JobData, ReceivedFrom, Rejection, ReplayMark } from "./job-data/job-data.ts";
export { joinEntries, readJobText, splitEntries, writeJobData } from "./job-data/job-text.ts";
export { messageIdOf } from "./job-data/message-id.ts";
export { isReceivedFrom, readJobData } from "./job-data/read-job-data.ts";
export { erasedReason, redactEntry } from "./job-data/redact-entry.ts";
export { isTraceparent } from "./job-data/traceparent.ts";
export { messageLimits } from "./limits.ts";
export { type JsonRead, type ReadChanges, readJsonText } from "./numbers/read-json-text.ts";
export { normalizePerson, peopleOf } from "./people.ts";
export { callProblems, type Problem } from "./problem.ts";
export { isGarbled, isObject, readId, readMessageId, readText, valueAt } from "./read.ts";
export { exceedsJsonBytes, jsonBytes, jsonBytesAtMost } from "./size.ts";
export { parseTime } from "./time/client-time.ts";
export { parseIsoDate } from "./time/iso-date.ts";
export { type Receipt, receiveCall, stampMessage } from "./time/stamp.ts";
export { validateCall, validateMessage } from "./validate.ts";
