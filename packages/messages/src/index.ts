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
export { parseTime } from "./client-time.ts";
export { isEmail } from "./email.ts";
export { parseIsoDate } from "./iso-date.ts";
export { messageLimits } from "./limits.ts";
export {
  type CallProblemReason,
  callProblems,
  type MessageProblemReason,
  messageProblems,
  type Problem,
} from "./problem.ts";
export { isObject, readId, readText, valueAt } from "./read.ts";
export { exceedsJsonBytes, jsonBytes, jsonBytesAtMost } from "./size.ts";
export { type Receipt, stampMessage } from "./stamp.ts";
export {
  type InvalidCall,
  type InvalidMessage,
  type ValidCall,
  validateCall,
  validateMessage,
} from "./validate.ts";
