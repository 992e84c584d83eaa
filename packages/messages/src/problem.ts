import { messageLimits } from "./limits.ts";

/** Why no connection could deliver a call: a stable code, and the sentence a person reads. */
export const callProblems = {
  "not-a-call": "A call must be a JSON object.",
  "too-deep": `A call must not be nested deeper than ${messageLimits.depth} levels.`,
  "unknown-type": "`type` must be one of identify, track, page, screen, group and alias.",
  "no-user":
    "A user must be named: by `userId` or, for an identify where people are known by email, by an email address in `traits.email`.",
  "no-identity":
    "Somebody must be named: by `userId`, by `anonymousId` or, where people are known by email, by an email address in `context.traits.email`.",
  "no-name": "A track must name its event: `event` must be text that is not blank.",
  "no-group": "A group call must name its group: `groupId` must be text that is not blank, or a number.",
  "no-previous-id":
    "An alias must name who is merged away: `previousId` must be text that is not blank, or a number.",
} as const;

/** The same of a message, which has a size besides. */
export const messageProblems = {
  ...callProblems,
  "message-too-large": `A message may have ${messageLimits.messageBytes.toLocaleString("en")} bytes of JSON.`,
} as const;

export type CallProblemReason = keyof typeof callProblems;
export type MessageProblemReason = keyof typeof messageProblems;

export type Problem<Reason extends MessageProblemReason = MessageProblemReason> = {
  reason: Reason;
  /** The field to mend; empty where it is the whole message. */
  field: string;
  message: string;
};

export function problem<Reason extends MessageProblemReason>(reason: Reason, field: string): Problem<Reason> {
  return { reason, field, message: messageProblems[reason] };
}
