import type { ExplainedReason } from "../delivery/reasons.ts";

const askDevelopers = "Ask your developers to correct the call: this one is lost.";
const sentAgain = "Nothing, if it passes: SDKs send the call again.";

const reasons: { [reason: string]: ExplainedReason } = {
  "unknown-write-key": {
    what: "No source has the write key of the call, or it has none.",
    todo: "Compare the write key in the code with those on the page Sources.",
  },
  "malformed-json": { what: "The body is not JSON.", todo: askDevelopers },
  salvaged: {
    what: "The body was cut off or damaged. What could be read of it was accepted.",
    todo: "If this happens often, ask your developers to check the app and the proxy in front of the intake.",
  },
  "empty-body": { what: "The request has no body.", todo: askDevelopers },
  "body-too-large": { what: "The body is too large.", todo: "Ask your developers to send smaller batches." },
  "unknown-encoding": { what: "The body is packed in a way that is not known.", todo: askDevelopers },
  "broken-encoding": { what: "The body is not packed as its header says.", todo: askDevelopers },
  "broken-body": { what: "The sender went away before the body had arrived.", todo: sentAgain },
  "too-slow": { what: "The body arrived too slowly.", todo: sentAgain },
  "too-busy": { what: "The intake had no memory left for the body.", todo: sentAgain },
  unavailable: { what: "The intake could not store the call.", todo: sentAgain },
  "internal-error": { what: "The intake failed.", todo: "Look into its log." },
  "backlog-full": {
    what: "Too much waits for a connection that this source feeds.",
    todo: "See on the connection's page why nothing is delivered.",
  },
  "too-many-requests": {
    what: "One address sent too many requests.",
    todo: "If that is intended, raise `RATE_LIMIT_PER_ADDRESS`.",
  },
  "too-many-messages-a-second": {
    what: "One source sent too many messages.",
    todo: "If that is intended, raise the source's limit, or `RATE_LIMIT_PER_KEY`.",
  },
  "wrong-origin": {
    what: "A page of an origin that the source does not allow sent the call.",
    todo: "If the page is yours, add its origin to the source.",
  },
  "source-paused": {
    what: "The source is paused: its calls are acknowledged and dropped.",
    todo: "Resume the source when its calls are to be delivered.",
  },
  "no-connection": {
    what: "The source feeds no connection: its calls are acknowledged and dropped.",
    todo: "Choose on the source's page which connections it feeds.",
  },
  "too-many-unknown-keys": {
    what: "One address sent many calls with unknown write keys.",
    todo: "Compare the write key in the code with those on the page Sources.",
  },
  "too-many-messages": { what: "The batch has too many messages.", todo: askDevelopers },
  "too-much-shared": { what: "The batch's `context` or `integrations` is too large.", todo: askDevelopers },
  "not-a-batch": { what: "The body has no list named `batch`.", todo: askDevelopers },
  "unknown-path": {
    what: "The address is none of the intake's.",
    todo: "Ask your developers to send to `/v1/track`, `/v1/batch` or the path of another type.",
  },
  "bad-request": { what: "The request is not valid HTTP.", todo: askDevelopers },
  "message-too-large": { what: "The call is too large.", todo: askDevelopers },
  "not-a-call": { what: "The body is not a JSON object.", todo: askDevelopers },
  "too-deep": { what: "The data is nested too deeply.", todo: askDevelopers },
  "unknown-type": { what: "The `type` of the call is not known.", todo: askDevelopers },
  "no-user": { what: "The call does not say which user it is about.", todo: askDevelopers },
  "no-identity": { what: "The call does not say who did it.", todo: askDevelopers },
  "no-name": { what: "The event has no name.", todo: askDevelopers },
  "no-group": { what: "The call does not say which group it is about.", todo: askDevelopers },
  "no-previous-id": { what: "The call does not say who is to be merged.", todo: askDevelopers },
};

export function explainRefusal(reason: string): ExplainedReason {
  return reasons[reason] ?? { what: "The call was refused.", todo: askDevelopers };
}
