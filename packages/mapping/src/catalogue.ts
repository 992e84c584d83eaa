import { customerioLimits, deliveryMetrics } from "@customerio-router/customerio";
import { callProblems } from "@customerio-router/messages";

/*
 * Every reason and warning of the mapping: a stable code, and the sentence a person reads. `{field}` stands for the
 * field it is about. The codes shared with the validation of messages have their sentences there.
 */

const {
  attributesPerCall,
  idBytes,
  attributeNameBytes,
  attributeValueBytes,
  eventNameBytes,
  operationBytes,
  v1EventDataBytes,
} = customerioLimits;

const count = (number: number) => number.toLocaleString("en");

/** Never delivered unless a person corrects it. */
export const rejections = {
  ...callProblems,
  "id-too-long": `{field} is longer than ${idBytes} bytes, and a shortened id would be another person.`,
  "id-not-utf-8":
    "{field} contains U+FFFD, which replaces bytes that are not UTF-8: two people could become one. Send ids as UTF-8.",
  "object-type-invalid": "{field} must be the type of an object: a whole number from 1.",
  "delivery-report-incomplete": `{field} is missing or invalid: a delivery report needs the id of a Customer.io delivery, and one of the metrics ${deliveryMetrics.join(", ")}.`,
  "event-too-large": `{field} is too large: an event of more than ${count(operationBytes)} bytes of JSON needs an identified person whose id fits into a URL, and may have at most ${count(v1EventDataBytes)} bytes of data.`,
  "operation-too-large": `{field} is too large: an operation may have at most ${count(operationBytes)} bytes of JSON, and a relationship at most ${attributesPerCall} attributes.`,
} as const;

/** Not sent, because a setting or the call itself says so. */
export const skips = {
  "alias-from-client":
    "{field} is alias, and the call is from a browser or an app, where the connection's `aliasFromClients` is off: nobody is merged.",
  "anonymous-event":
    "Only {field} says who did this, and the connection's `anonymousEvents` is `skip`: events without a user are not sent.",
  "anonymous-identify":
    "Only {field} says who this is: Customer.io identifies people by an id or an email address, which SDKs send after a login.",
  "consent-withheld":
    "{field} is false, and the connection's `consentCategories` requires that consent: the call is not sent.",
  "destructive-event":
    "{field} asks for a deletion, but the connection's `destructiveEvents` is off, or the source is not a server: nothing is sent.",
  "integration-disabled": "{field} excludes Customer.io: the call is not sent.",
  "same-person": "{field} and the user are the same person: there is nobody to merge.",
} as const;

/** Not sent, because of what the worker knows beside the call. */
export const workerSkips = {
  shadow:
    "The connection's `delivery` is `shadow`: the message was mapped and checked, and would have been sent.",
  "replay-state":
    "Its operation has neither a ULID nor a timestamp, so Customer.io could not tell that it is old: a replay sends it only with `--with-state`.",
} as const;

/** Delivered with a change. */
export const warnings = {
  "not-an-object": "{field} is ignored: it is not an object.",
  "created-at-invalid":
    "{field} is left out: it must be a date or Unix time later than 1970-01-01T00:00:00Z.",
  "reserved-trait": "{field} is left out: it would change which person is meant, or what the call does.",
  "trait-name-too-long": `{field} is left out: a trait's name may have at most ${attributeNameBytes} bytes.`,
  "trait-value-too-long": `{field} is left out: a trait's value may have at most ${count(attributeValueBytes)} bytes, an id at most ${idBytes}.`,
  unreadable: "{field} is left out: Customer.io gives it a meaning, and does not accept this value.",
  "name-truncated": `{field} is cut: a name may have at most ${eventNameBytes} bytes.`,
  unnamed: "{field} is missing, and nothing else names the page or screen: it is sent as unnamed.",
  "timestamp-invalid":
    "{field} is ignored: it must be ISO 8601 or a Unix time, later than 1970-01-01T00:00:00Z.",
  "number-as-text": "{field} is sent as text: it is an integer beyond 2^53 - 1, which JSON readers round.",
  "number-out-of-range": "{field} is left out: it is a number beyond the range of a double, about 10^308.",
  "future-time":
    "{field} is more than 24 hours after the message was received: the time of receipt is used instead.",
  "destructive-event":
    "{field} names an event that deletes or suppresses, but the connection's `destructiveEvents` is off, or the source is not a server: it is sent as a plain event.",
  "semantic-event-incomplete":
    "{field} is missing, which this reserved event needs: it is sent as a plain event.",
} as const;

export type RejectionReason = keyof typeof rejections;
export type SkipReason = keyof typeof skips;
export type WarningCode = keyof typeof warnings;
