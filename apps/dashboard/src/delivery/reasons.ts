import type { rejections, skips, workerSkips } from "@customerio-router/mapping";
import { ruleOfReason } from "@customerio-router/rules";

/** Why messages were not delivered, for people who do not read code, and what to do about it. */
export type ExplainedReason = { what: string; todo: string };

const oneByOne = "Messages that came already can be corrected one by one, with Edit and send.";
const askDevelopers = `Ask your developers to correct the call. ${oneByOne}`;
const byEmail =
  "If the messages have `context.traits.email` and the connection's `identifyBy` is `id`, set that to `id-or-email`, then retry. Otherwise correct them one by one, with Edit and send.";
const reportBug = "Report this as a bug of customerio-router, with the message.";

type RejectedReason =
  | keyof typeof rejections
  | "message-too-large"
  | "mapping-failed"
  | "refused-by-customerio"
  | "failed-at-customerio"
  | "invalid-job"
  | "job-too-large"
  | "corrupt"
  | "failed";

const rejected: Record<RejectedReason, ExplainedReason> = {
  "refused-by-customerio": {
    what: "Customer.io did not accept the message.",
    todo: "If the cause is in Customer.io, correct it there, then retry. If it is in the message, correct that with Edit and send.",
  },
  "failed-at-customerio": {
    what: "Customer.io failed on this message each time, while it accepted others.",
    todo: "Retry it. If it fails again, show the example to Customer.io's support.",
  },
  "not-a-call": { what: "What was sent is not a call: it must be a JSON object.", todo: askDevelopers },
  "too-deep": { what: "The data is nested too deeply.", todo: askDevelopers },
  "unknown-type": {
    what: "The `type` is not identify, track, page, screen, group or alias.",
    todo: askDevelopers,
  },
  "no-user": {
    what: "The call does not say which user it is about.",
    todo: `Ask your developers to send \`userId\`. ${byEmail}`,
  },
  "no-identity": {
    what: "The event does not say who did it.",
    todo: `Ask your developers to send \`userId\` or \`anonymousId\`. ${byEmail}`,
  },
  "no-name": {
    what: "The event has no name.",
    todo: "Ask your developers to send `event` with each track call.",
  },
  "no-group": {
    what: "The call does not say which group or company it is about.",
    todo: "Ask your developers to send `groupId` with each group call.",
  },
  "no-previous-id": {
    what: "Two people were to be merged, but only one is named.",
    todo: "Ask your developers to send `previousId` with each alias call.",
  },
  "id-too-long": {
    what: "The person's id is longer than Customer.io allows.",
    todo: "Ask your developers to use shorter ids: a shortened one would be another person.",
  },
  "id-not-utf-8": {
    what: "The person's id contains damaged characters.",
    todo: "Ask your developers to send ids as UTF-8: with damaged ids, two people could become one.",
  },
  "object-type-invalid": {
    what: "The type of the group or object is not a whole number from 1.",
    todo: "Look up the number of the object type in Customer.io and correct it, in the call or in the connection's settings.",
  },
  "delivery-report-incomplete": {
    what: "A report about an email or push does not name its delivery or what happened to it.",
    todo: askDevelopers,
  },
  "event-too-large": {
    what: "The event holds more data than Customer.io accepts.",
    todo: "Ask your developers to send fewer or shorter properties.",
  },
  "operation-too-large": {
    what: "The call holds more data than Customer.io accepts.",
    todo: "Ask your developers to send fewer or shorter attributes.",
  },
  "message-too-large": {
    what: "The message is too large. Only its beginning is kept, and it cannot be sent.",
    todo: "Ask your developers to send less data at once, and discard the message.",
  },
  "job-too-large": {
    what: "Somebody added or edited a job that is too large to be read.",
    todo: "Remove it in Bull Board, and add its messages in several jobs.",
  },
  "invalid-job": {
    what: "Somebody added or edited a job so that it is not JSON.",
    todo: "Correct its data in Bull Board and retry it, or remove it.",
  },
  corrupt: {
    what: "The message was cut off or damaged before it arrived, and cannot be read.",
    todo: "If this happens often, ask your developers to check the network or the proxy in front of the intake.",
  },
  "mapping-failed": { what: "The router failed to translate the message.", todo: reportBug },
  failed: { what: "The job failed.", todo: "The example has its reason." },
};

const skipped: Record<keyof typeof skips | keyof typeof workerSkips, ExplainedReason> = {
  shadow: {
    what: "The connection is a shadow: the message was mapped and checked, and nothing was sent.",
    todo: "Nothing, if that is intended. Go live on the connection's page, from then on or with what it took.",
  },
  "replay-state": {
    what: "A replay left it out: it would have turned newer state back.",
    todo: "Nothing, or replay it with state.",
  },
  "alias-from-client": {
    what: "A browser or an app asked to merge two people, and the connection's `aliasFromClients` is off.",
    todo: "Nothing, if that is intended. To allow it, switch on the connection's `aliasFromClients`.",
  },
  "anonymous-event": {
    what: "Nobody had logged in, and the connection does not send events without a user.",
    todo: "Nothing, if that is intended. To send them, change the connection's `anonymousEvents`.",
  },
  "anonymous-identify": {
    what: "The call describes a visitor whose id or email address is not known.",
    todo: "Nothing: Customer.io gets the person with the first call after a login.",
  },
  "consent-withheld": {
    what: "The person has not consented.",
    todo: "Nothing. The connection's `consentCategories` says which consent is required.",
  },
  "destructive-event": {
    what: "The call asks to delete or suppress, which the connection does not allow.",
    todo: "Nothing, if that is intended. To allow it, switch on the connection's `destructiveEvents`.",
  },
  "integration-disabled": {
    what: "The sender excluded Customer.io from this call.",
    todo: "Nothing, if that is intended. Otherwise ask your developers about `integrations` in the call.",
  },
  "same-person": {
    what: "A person was to be merged with themselves.",
    todo: "Nothing: there is nobody to merge.",
  },
};

const removed: Record<"deleted" | "edited" | "trimmed", ExplainedReason> = {
  deleted: {
    what: "Somebody deleted the messages before they were delivered.",
    todo: "Nothing can be done: they are gone.",
  },
  edited: {
    what: "Somebody took the messages out of a job when they edited it.",
    todo: "Nothing can be done: they are gone.",
  },
  trimmed: {
    what: "The messages had failed, and were kept for as long as the connection's settings say.",
    todo: "Look at Failed more often, or change the connection's `keepFailed`.",
  },
};

const unaccounted: ExplainedReason = {
  what: "The messages were missing when they were counted: another tool deleted their keys in Redis, or Redis lost them.",
  todo: "Find out who else writes to this Redis, and whether it was restored from a backup or deletes keys when it is full.",
};

/** Reasons by outcome; Customer.io's and a person's own are not among them. */
export const reasons: { [outcome: string]: { [reason: string]: ExplainedReason } } = {
  rejected,
  skipped,
  removed,
  unaccounted: { "": unaccounted },
};

const droppedByRule: ExplainedReason = {
  what: "A rule of the connection dropped the message.",
  todo: "Nothing, if that is intended. Otherwise change the rule on the connection's page Rules.",
};

export function explainReason(outcome: string, reason: string): ExplainedReason {
  const ofOutcome = reasons[outcome] ?? {};
  const known = Object.hasOwn(ofOutcome, reason) ? ofOutcome[reason] : undefined;
  if (outcome === "skipped" && ruleOfReason(reason) !== undefined) return droppedByRule;
  return known ?? { what: "Somebody edited the message's reason.", todo: "Look at the example." };
}
