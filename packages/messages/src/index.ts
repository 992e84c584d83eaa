export { withBatchDefaults } from "./batch-defaults.ts";
export {
  type AliasCall,
  type AnyCall,
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
export { changeJobData } from "./job-data/change-job-data.ts";
export type { Entry, JobData, NotedWarning, Rejection } from "./job-data/job-data.ts";
export { messageIdOf } from "./job-data/message-id.ts";
export { readJobData } from "./job-data/read-job-data.ts";
export { messageLimits } from "./limits.ts";
export { type JsonRead, type ReadChanges, type ReadWarning, readJsonText } from "./numbers/read-json-text.ts";
export {
  type CallProblemReason,
  callProblems,
  type MessageProblemReason,
  messageProblems,
  type Problem,
} from "./problem.ts";
export { isGarbled, isObject, readId, readMessageId, readText, valueAt } from "./read.ts";
export { exceedsJsonBytes, jsonBytes, jsonBytesAtMost } from "./size.ts";
export { parseTime } from "./time/client-time.ts";
export { parseIsoDate } from "./time/iso-date.ts";
export { type Receipt, type ReceivedCall, receiveCall, stampMessage } from "./time/stamp.ts";
export {
  type InvalidCall,
  type InvalidMessage,
  type ValidCall,
  validateCall,
  validateMessage,
} from "./validate.ts";
