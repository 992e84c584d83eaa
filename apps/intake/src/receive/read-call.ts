import {
  type CallType,
  type Entry,
  isObject,
  type Receipt,
  receiveCall,
  validateMessage,
} from "@customerio-router/messages";
import { type Refusal, refuseMessage } from "./refusal.ts";

/** One call, as the body of a request to the path of its type. */
export function readCall(type: CallType, body: unknown, receipt: Receipt): Entry[] | Refusal {
  const call = isObject(body) && !body.type ? { ...body, type } : body;
  const validated = validateMessage(call);
  if (!validated.ok) return refuseMessage(validated.problem, 0);
  return [receiveCall(validated.message, receipt, body)];
}
