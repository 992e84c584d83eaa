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

/** Never delivered as it stands: a person must mend it. */
export const rejections = {
  ...callProblems,
  "id-too-long": `{field} has more than ${idBytes} bytes; a shortened id would be another person.`,
  "id-not-utf-8":
    "{field} holds U+FFFD, which stands for bytes that were not UTF-8: two people could become one. Send ids as UTF-8.",
  "object-type-invalid": "{field} is no type of object: types are the numbers 1, 2, 3 and so on.",
  "delivery-report-incomplete": `{field} must name a delivery of Customer.io and what became of it: a delivery's id, and one of ${deliveryMetrics.join(", ")}.`,
  "event-too-large": `{field} is too large: over ${count(operationBytes)} bytes of JSON an event must have an identified person whose id can stand in a URL, and at most ${count(v1EventDataBytes)} bytes of data.`,
  "operation-too-large": `{field} is too large: an operation may have ${count(operationBytes)} bytes of JSON, a relationship ${attributesPerCall} attributes.`,
} as const;

/** Nothing to send, by the settings or by the call's own wish. */
export const skips = {
  "anonymous-event":
    "{field} alone says who did this, and the connection's `anonymousEvents` is `skip`: events without a user are not sent.",
  "anonymous-identify":
    "{field} alone says who this is: Customer.io knows people by an id or an email address, which SDKs send after a login.",
  "consent-withheld":
    "{field} is false, and the connection's `consentCategories` needs that consent: the call is not sent.",
  "destructive-event":
    "{field} asks to delete, and the connection's `destructiveEvents` is off: nothing is sent.",
  "integration-disabled": "{field} keeps this call from Customer.io.",
  "same-person": "{field} is the user already: there is nobody to merge.",
} as const;

/** Delivered, but not quite as it came. */
export const warnings = {
  "not-an-object": "{field} is not an object and counts as absent.",
  "created-at-invalid": "{field} is left out: it is no date or Unix time later than 1970-01-01T00:00:00Z.",
  "reserved-trait": "{field} is left out: it would change who is meant, or how the call acts.",
  "trait-name-too-long": `{field} is left out: a trait's name may have ${attributeNameBytes} bytes.`,
  "trait-value-too-long": `{field} is left out: a trait's value may have ${count(attributeValueBytes)} bytes, an id ${idBytes}.`,
  unreadable: "{field} is left out: Customer.io reads it itself, in one form alone, and this is another.",
  "name-truncated": `{field} is cut: a name may have ${eventNameBytes} bytes.`,
  unnamed: "{field} is missing, and nothing else names the page or screen: it goes out as unnamed.",
  "timestamp-invalid":
    "{field} counts as absent: it is no date or Unix time later than 1970-01-01T00:00:00Z. Send ISO 8601 or Unix time.",
  "number-as-text":
    "{field} is sent as text: it is an integer beyond 2^53 - 1 in size, which JSON readers round.",
  "number-out-of-range": "{field} is left out: it is a number no reader of JSON can hold.",
  "future-time": "{field} is more than 24 hours later than the message came: that time is used instead.",
  "destructive-event":
    "{field} names an event that deletes or suppresses; as the connection's `destructiveEvents` is off, it goes out as a plain event.",
  "semantic-event-incomplete":
    "{field} is missing, which this reserved event needs; it goes out as a plain event.",
} as const;

export type RejectionReason = keyof typeof rejections;
export type SkipReason = keyof typeof skips;
export type WarningCode = keyof typeof warnings;
