import { keptAttributes } from "./attributes.ts";
import { checkJson } from "./check-json.ts";
import { knownPerson } from "./identifiers.ts";
import { limits } from "./limits.ts";
import {
  deviceFields,
  messageOverrides,
  relationshipsToObjects,
  subscriptionPreferences,
} from "./operations.ts";
import type { Problem, Rule } from "./problem.ts";
import {
  filledText,
  flag,
  isMap,
  oneOf,
  openMap,
  text,
  textUpTo,
  ulid,
  unixSeconds,
  wrongType,
} from "./rules.ts";
import { shape } from "./shape.ts";

/*
 * The bodies of Track API v1. Source: the schemas of `/api/v1/...` in the specification 1.0.0, but for one: an event
 * of type `screen` for an identified person has no `anonymous_id`, which the file demands and its example lacks.
 */

const eventFields = { name: textUpTo(limits.eventNameBytes) };

const data: Rule = (value, field, problems) => {
  openMap({})(value, field, problems);
  checkJson(value, { field, limit: limits.eventDataBytes }, problems);
};
const overrides = openMap(messageOverrides);
const optionalEventFields = {
  type: oneOf("event", "page", "screen"),
  id: ulid,
  timestamp: unixSeconds,
  data,
};

const attribute: Rule = (value, field, problems) => {
  const isAllowed = typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
  if (!isAllowed) wrongType(field, "a string, an integer, true or false", problems);
};

const customerRelationships = shape({
  action: oneOf("add_relationships", "delete_relationships"),
  relationships: relationshipsToObjects,
});

const customerAttributes = keptAttributes(
  {
    id: textUpTo(limits.idBytes),
    email: text,
    anonymous_id: textUpTo(limits.idBytes),
    created_at: unixSeconds,
    _timestamp: unixSeconds,
    _update: flag,
    cio_subscription_preferences: subscriptionPreferences,
  },
  attribute,
);

const customer: Rule = (value, field, problems) => {
  if (!isMap(value)) return wrongType(field, "an object", problems);
  const { cio_relationships, ...attributes } = value;
  customerAttributes(attributes, field, problems);
  if (cio_relationships !== undefined)
    customerRelationships(cio_relationships, "cio_relationships", problems);
};

/** `PUT /api/v1/customers/{identifier}` */
export const checkCustomer = checkBy(customer);

/** `POST /api/v1/customers/{identifier}/events` */
export const checkEvent = checkBy(event(shape(eventFields, optionalEventFields)));

/** `POST /api/v1/events` */
export const checkAnonymousEvent = checkBy(
  event(shape(eventFields, { ...optionalEventFields, anonymous_id: textUpTo(limits.idBytes) })),
);

/** `PUT /api/v1/customers/{identifier}/devices` */
export const checkDevice = checkBy(
  shape({ device: shape({ id: filledText, ...deviceFields.required }, deviceFields.optional) }),
);

/** `POST /api/v1/merge_customers` */
export const checkMerge = checkBy(shape({ primary: knownPerson, secondary: knownPerson }));

/** `POST /api/v1/metrics` */
export const checkMetric = checkBy(
  shape(
    {
      delivery_id: filledText,
      metric: oneOf(
        ...["bounced", "clicked", "converted", "deferred", "delivered", "dropped", "opened", "spammed"],
      ),
    },
    { timestamp: unixSeconds, recipient: text, reason: text, href: text },
  ),
);

/** The identifier in a path of v1. A `.` or `..` would lead to another path: URLs are folded on the way. */
export function checkPathIdentifier(identifier: string): Problem[] {
  const problems: Problem[] = [];
  textUpTo(limits.idBytes)(identifier, "identifier", problems);
  if (identifier === "." || identifier === "..") {
    problems.push({
      field: "identifier",
      reason: "invalid_value",
      message: "identifier must not be . or ..",
    });
  }
  return problems;
}

/** Pages and screens make no message, so that they may hold anything. */
function event(fields: Rule): Rule {
  return (value, field, problems) => {
    fields(value, field, problems);
    const isEvent = isMap(value) && (value.type === undefined || value.type === "event");
    if (isEvent && isMap(value.data)) overrides(value.data, "data", problems);
  };
}

function checkBy(rule: Rule): (body: unknown) => Problem[] {
  return (body) => {
    const problems: Problem[] = [];
    if (checkJson(body, { field: "", limit: limits.batchBytes }, problems)) rule(body, "", problems);
    return problems;
  };
}
