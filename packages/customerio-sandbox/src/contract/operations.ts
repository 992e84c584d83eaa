import { keptAttributes } from "./attributes.ts";
import { anonymous, delivery, knownPerson, object, person, personOrAnonymous } from "./identifiers.ts";
import { limits } from "./limits.ts";
import type { Rule } from "./problem.ts";
import { filledText, flag, listOf, oneOf, openMap, text, textUpTo, ulid, unixSeconds } from "./rules.ts";
import { shape } from "./shape.ts";

/*
 * The operations of Track API v2, by type and action. Source: the schemas of `/api/v2/entity` in the specification
 * 1.0.0. `identifiers` are required everywhere, though the file forgets it for relationships and for some object
 * operations.
 */

const type = text;
const action = text;

/** The preferences of the subscription center: `{ topics: { topic_1: true } }`. */
export const subscriptionPreferences = openMap({ topics: openMap({}, flag) });

const personAttributes = keptAttributes({
  _update: flag,
  cio_subscription_preferences: subscriptionPreferences,
});

function relationshipsTo(identifiers: Rule): Rule {
  return listOf(shape({ identifiers }, { relationship_attributes: keptAttributes() }));
}
export const relationshipsToObjects = relationshipsTo(object);
const relationshipsToPeople = relationshipsTo(knownPerson);
const relationshipsToAnonymous = relationshipsTo(anonymous);

/** `recipient`, `from_address` and `reply_to` override a campaign's settings. */
export const messageOverrides = { recipient: text, from_address: text, reply_to: text };

function event(attributes: Rule): Rule {
  const name = textUpTo(limits.eventNameBytes);
  return shape(
    { type, action, identifiers: personOrAnonymous, name },
    { id: ulid, timestamp: unixSeconds, attributes },
  );
}
const pageAttributes = openMap({
  path: text,
  referrer: text,
  search: text,
  title: text,
  url: text,
  keywords: listOf(text),
});

const readOnly: Rule = (_value, field, problems) => {
  problems.push({ field, reason: "invalid_value", message: `${field} is set by Customer.io alone` });
};

/** What v1 and v2 want to know of a device besides its token. */
export const deviceFields = {
  required: { platform: oneOf("ios", "android") },
  optional: {
    last_used: unixSeconds,
    attributes: openMap({ push_enabled: oneOf("true", "false"), _last_status: readOnly }, text),
  },
};
const device = shape({ token: filledText, ...deviceFields.required }, deviceFields.optional);

const onlyWho = shape({ type, action, identifiers: person });
const onlyWhich = shape({ type, action, identifiers: object });

export const personActions: ReadonlyMap<unknown, Rule> = new Map(
  Object.entries({
    identify: shape(
      { type, action, identifiers: person },
      { timestamp: unixSeconds, attributes: personAttributes, cio_relationships: relationshipsToObjects },
    ),
    delete: onlyWho,
    suppress: onlyWho,
    unsuppress: onlyWho,
    event: event(openMap(messageOverrides)),
    page: event(pageAttributes),
    screen: event(openMap({})),
    merge: shape({ type, action, primary: knownPerson, secondary: knownPerson }),
    add_device: shape({ type, action, identifiers: person, device }),
    delete_device: shape({ type, action, identifiers: person, device: shape({ token: filledText }) }),
    add_relationships: shape({
      type,
      action,
      identifiers: person,
      cio_relationships: relationshipsToObjects,
    }),
    delete_relationships: shape({
      type,
      action,
      identifiers: person,
      cio_relationships: relationshipsToObjects,
    }),
  }),
);

export const objectActions: ReadonlyMap<unknown, Rule> = new Map(
  Object.entries({
    identify: shape(
      { type, action, identifiers: object },
      { attributes: keptAttributes(), cio_relationships: relationshipsToPeople },
    ),
    /** The file's own example names the person in an `anonymous_id` beside the identifiers; its schema does not. */
    identify_anonymous: shape(
      { type, action, identifiers: object },
      {
        attributes: keptAttributes(),
        cio_relationships: relationshipsToAnonymous,
        anonymous_id: textUpTo(limits.idBytes),
      },
    ),
    delete: onlyWhich,
    add_relationships: shape({ type, action, identifiers: object, cio_relationships: relationshipsToPeople }),
    delete_relationships: shape({
      type,
      action,
      identifiers: object,
      cio_relationships: relationshipsToPeople,
    }),
  }),
);

export const deliveryActions: ReadonlyMap<unknown, Rule> = new Map(
  Object.entries({
    event: shape({
      type,
      action,
      identifiers: delivery,
      name: oneOf("opened", "converted", "delivered"),
      attributes: shape({ device_token: filledText }),
    }),
  }),
);
