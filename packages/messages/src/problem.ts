import { messageLimits } from "./limits.ts";

/** Why no connection could deliver a call: a stable code, and the sentence a person reads. */
export const callProblems = {
  "not-a-call": "A call must be a JSON object.",
  "too-deep": `A call may have at most ${messageLimits.depth} levels of nesting.`,
  "unknown-type": "`type` must be identify, track, page, screen, group or alias.",
  "no-user":
    "The call names no user: send `userId` or, in an identify call, an email address in `traits.email` if the connection's `identifyBy` is `id-or-email`.",
  "no-identity":
    "The call names nobody: send `userId`, `anonymousId` or, if the connection's `identifyBy` is `id-or-email`, an email address in `context.traits.email`.",
  "no-name": "A track call needs the name of its event: `event` must be text that is not blank.",
  "no-group":
    "A group call needs the id of its group: `groupId` must be a number, or text that is not blank.",
  "no-previous-id":
    "An alias call needs the id of the person to merge: `previousId` must be a number, or text that is not blank.",
} as const;

/** The problems of a message: those of a call, and its size. */
const messageProblems = {
  ...callProblems,
  "message-too-large": `A message may have at most ${messageLimits.messageBytes.toLocaleString("en")} bytes of JSON.`,
} as const;

export type CallProblemReason = keyof typeof callProblems;
type MessageProblemReason = keyof typeof messageProblems;

export type Problem<Reason extends MessageProblemReason = MessageProblemReason> = {
  reason: Reason;
  /** The field to correct; empty for the whole message. */
  field: string;
  message: string;
};

export function problem<Reason extends MessageProblemReason>(reason: Reason, field: string): Problem<Reason> {
  return { reason, field, message: messageProblems[reason] };
}
