import { type Call, type CallType, callTypes, type Fields } from "./call.ts";
import { readEmail } from "./email.ts";
import { messageLimits } from "./limits.ts";
import { type CallProblemReason, type Problem, problem } from "./problem.ts";
import { isObject, readId, readText, valueAt } from "./read.ts";
import { jsonBytes, jsonBytesAtMost } from "./size.ts";

type ValidCall = { ok: true; message: Call };
type InvalidCall = { ok: false; problem: Problem<CallProblemReason> };
type InvalidMessage = { ok: false; problem: Problem };

/**
 * Says whether a value is a call that some connection could deliver: what the protocol asks of every call, and no
 * more. SDKs may leave out, null or misspell the rest. What a connection makes of it, the mapping decides.
 *
 * @param value parsed JSON; never changed.
 */
export function validateCall(value: unknown): ValidCall | InvalidCall {
  const found = findProblem(value, jsonBytesAtMost(value));
  return found === undefined ? { ok: true, message: value as Call } : { ok: false, problem: found };
}

/** As `validateCall`, and the message must be within `messageLimits.messageBytes`. */
export function validateMessage(value: unknown): ValidCall | InvalidMessage {
  const bytesAtMost = jsonBytesAtMost(value);
  const found = findProblem(value, bytesAtMost) ?? findOversize(value, bytesAtMost);
  return found === undefined ? { ok: true, message: value as Call } : { ok: false, problem: found };
}

/** `bytesAtMost`: the bound on its JSON, measured once; infinite for what is nested too deep. */
function findProblem(value: unknown, bytesAtMost: number): Problem<CallProblemReason> | undefined {
  if (!isObject(value)) return problem("not-a-call", "");
  if (bytesAtMost === Number.POSITIVE_INFINITY) return problem("too-deep", "");
  if (!callTypes.includes(value.type as CallType)) return problem("unknown-type", "type");
  return findMissing(value);
}

function findOversize(value: unknown, bytesAtMost: number): Problem | undefined {
  const { messageBytes } = messageLimits;
  const fits = bytesAtMost <= messageBytes || jsonBytes(value) <= messageBytes;
  return fits ? undefined : problem("message-too-large", "");
}

function findMissing(call: Fields): Problem<CallProblemReason> | undefined {
  switch (call.type as CallType) {
    case "alias":
      if (readId(call.userId) === undefined) return problem("no-user", "userId");
      return readId(call.previousId) === undefined ? problem("no-previous-id", "previousId") : undefined;
    case "identify":
      return namesSomebody(call) || namesPerson(call.traits) ? undefined : problem("no-user", "userId");
    case "group":
      if (readId(call.groupId) === undefined) return problem("no-group", "groupId");
      break;
    case "track":
      if (readText(call.event) === undefined) return problem("no-name", "event");
      if (eventsOfNobody.has(call.event as string)) return undefined;
  }
  return namesSomebody(call) ? undefined : problem("no-identity", "userId");
}

/** Tracks about an object or a delivery: the mapping needs no person for them. */
const eventsOfNobody: ReadonlySet<string> = new Set(["Object Deleted", "Report Delivery Event"]);

function namesSomebody(call: Fields): boolean {
  const traits = valueAt(call.context, "traits");
  return (
    readId(call.userId) !== undefined ||
    readId(call.anonymousId) !== undefined ||
    namesPerson(traits) ||
    readId(valueAt(traits, "userId")) !== undefined
  );
}

function namesPerson(traits: unknown): boolean {
  return readId(valueAt(traits, "id")) !== undefined || readEmail(valueAt(traits, "email")) !== undefined;
}
