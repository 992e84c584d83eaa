import { acme, anonymousEvent, event, identify, merge, object, page, person, ulid } from "../operations.ts";

type Bad = {
  operation: unknown;
  /** `field:reason` of each problem, in order. */
  problems: string[];
};

const bad = (operation: unknown, ...problems: string[]): Bad => ({ operation, problems });
const who = (identifiers: unknown) => ({ ...identify("u1"), identifiers });
const what = (more: { [name: string]: unknown }) => event("u1", "Bought", more);
const attributes = (more: { [name: string]: unknown }) => identify("u1", { ...more });
const device = (more: object) =>
  person("add_device", "u1", { device: { token: "t", platform: "ios", ...more } });
const related = (...cio_relationships: unknown[]) => person("add_relationships", "u1", { cio_relationships });
const relatedTo = (...cio_relationships: unknown[]) => object("add_relationships", { cio_relationships });
const delivery = (more: object) => ({
  type: "delivery",
  action: "event",
  identifiers: { id: "d1" },
  name: "opened",
  attributes: { device_token: "t" },
  ...more,
});

/** Operations Customer.io refuses, by what is wrong with them. */
export const badOperations: { [name: string]: Bad } = {
  null: bad(null, ":invalid_type"),
  "an array": bad([], ":invalid_type"),
  "a string": bad("identify", ":invalid_type"),
  "an empty object": bad({}, "type:required"),
  "no type": bad({ action: "identify", identifiers: { id: "u1" } }, "type:required"),
  "an unknown type": bad({ ...identify("u1"), type: "people" }, "type:invalid_value"),
  "a type that is a name of Object's": bad({ ...identify("u1"), type: "constructor" }, "type:invalid_value"),
  "no action": bad({ type: "person", identifiers: { id: "u1" } }, "action:required"),
  "an unknown action": bad({ ...identify("u1"), action: "track" }, "action:invalid_value"),
  "an action of another type": bad({ ...object("merge") }, "action:invalid_value"),
  "an action that is a number": bad({ ...identify("u1"), action: 1 }, "action:invalid_value"),

  "no identifiers": bad({ type: "person", action: "identify" }, "identifiers:required"),
  "empty identifiers": bad(who({}), "identifiers:required"),
  "identifiers that are null": bad(who(null), "identifiers:invalid_type"),
  "identifiers that are a string": bad(who("u1"), "identifiers:invalid_type"),
  "identifiers that are a list": bad(who([{ id: "u1" }]), "identifiers:invalid_type"),
  "two identifiers": bad(who({ id: "u1", email: "a@b.c" }), "identifiers:invalid_value"),
  "two identifiers, one of them null": bad(who({ id: "u1", email: null }), "identifiers:invalid_value"),
  "an unknown identifier": bad(who({ userId: "u1" }), "identifiers:invalid_value"),
  "an identifier beside a known one": bad(who({ id: "u1", foo: 1 }), "identifiers:invalid_value"),
  "an identify by anonymous_id": bad(who({ anonymous_id: "a" }), "identifiers:invalid_value"),
  "a delete by anonymous_id": bad(
    { ...person("delete", ""), identifiers: { anonymous_id: "a" } },
    "identifiers:invalid_value",
  ),
  "an id that is a number": bad(who({ id: 42 }), "identifiers.id:invalid_type"),
  "an id that is null": bad(who({ id: null }), "identifiers.id:invalid_type"),
  "an empty id": bad(who({ id: "" }), "identifiers.id:required"),
  "a blank id": bad(who({ id: " \t" }), "identifiers.id:required"),
  "an id of 151 bytes": bad(who({ id: "x".repeat(151) }), "identifiers.id:too_large"),
  "an id of 152 bytes in 76 characters": bad(who({ id: "é".repeat(76) }), "identifiers.id:too_large"),
  "an email without an @": bad(who({ email: "jane" }), "identifiers.email:invalid_value"),
  "an email with a blank": bad(who({ email: "jane doe@example.com" }), "identifiers.email:invalid_value"),
  "an email of 151 bytes": bad(who({ email: `${"x".repeat(147)}@b.c` }), "identifiers.email:too_large"),
  "a phone number without a plus": bad(who({ phone: "14155552671" }), "identifiers.phone:invalid_value"),
  "a phone number of 16 digits": bad(who({ phone: `+${"1".repeat(16)}` }), "identifiers.phone:invalid_value"),
  "an empty cio_id": bad(who({ cio_id: "" }), "identifiers.cio_id:required"),
  "an event of somebody by id and anonymous_id": bad(
    { ...what({}), identifiers: { id: "u1", anonymous_id: "a" } },
    "identifiers:invalid_value",
  ),
  "an anonymous_id of 151 bytes": bad(
    anonymousEvent("x".repeat(151), "Bought"),
    "identifiers.anonymous_id:too_large",
  ),

  "attributes that are a list": bad({ ...identify("u1"), attributes: [] }, "attributes:invalid_type"),
  "attributes that are null": bad({ ...identify("u1"), attributes: null }, "attributes:invalid_type"),
  "traits in place of attributes": bad(person("identify", "u1", { traits: {} }), "traits:unknown_field"),
  "301 attributes": bad(
    attributes(Object.fromEntries(Array.from({ length: 301 }, (_, i) => [`a${i}`, i]))),
    "attributes:too_many",
  ),
  "an attribute name of 151 bytes": bad(
    attributes({ ["n".repeat(151)]: 1 }),
    `attributes.${"n".repeat(151)}:too_large`,
  ),
  "an attribute name of 152 bytes in 38 characters": bad(
    attributes({ ["😀".repeat(38)]: 1 }),
    `attributes.${"😀".repeat(38)}:too_large`,
  ),
  "an attribute value of 1,001 bytes": bad(
    attributes({ bio: "v".repeat(1_001) }),
    "attributes.bio:too_large",
  ),
  "an attribute value of 1,004 bytes in 251 characters": bad(
    attributes({ bio: "😀".repeat(251) }),
    "attributes.bio:too_large",
  ),
  "an object of 1,001 bytes": bad(attributes({ o: { k: "v".repeat(993) } }), "attributes.o:too_large"),
  "a list of over 1,000 bytes": bad(
    attributes({ o: Array.from({ length: 500 }, () => 1) }),
    "attributes.o:too_large",
  ),
  "an _update that is a string": bad(attributes({ _update: "true" }), "attributes._update:invalid_type"),
  "preferences that are a string": bad(
    attributes({ cio_subscription_preferences: "none" }),
    "attributes.cio_subscription_preferences:invalid_type",
  ),
  "preferences whose topics are a list": bad(
    attributes({ cio_subscription_preferences: { topics: [] } }),
    "attributes.cio_subscription_preferences.topics:invalid_type",
  ),
  "a preference that is a string": bad(
    attributes({ cio_subscription_preferences: { topics: { topic_1: "yes" } } }),
    "attributes.cio_subscription_preferences.topics.topic_1:invalid_type",
  ),
  "an identify with a ULID": bad(identify("u1", {}, { id: ulid(1) }), "id:unknown_field"),
  "an identify with a name": bad(identify("u1", {}, { name: "x" }), "name:unknown_field"),
  "a timestamp with a fraction": bad(identify("u1", {}, { timestamp: 1.5 }), "timestamp:invalid_type"),
  "a timestamp that is a string": bad(
    identify("u1", {}, { timestamp: "1700000000" }),
    "timestamp:invalid_type",
  ),
  "a timestamp in ISO 8601": bad(what({ timestamp: "2025-01-01T00:00:00Z" }), "timestamp:invalid_type"),
  "a timestamp that is null": bad(what({ timestamp: null }), "timestamp:invalid_type"),

  "a delete with attributes": bad(person("delete", "u1", { attributes: {} }), "attributes:unknown_field"),
  "a suppress with a timestamp": bad(person("suppress", "u1", { timestamp: 1 }), "timestamp:unknown_field"),
  "an unsuppress with a name": bad(person("unsuppress", "u1", { name: "x" }), "name:unknown_field"),

  "an event without a name": bad(person("event", "u1"), "name:required"),
  "an event with an empty name": bad(event("u1", ""), "name:required"),
  "an event with a blank name": bad(event("u1", "  "), "name:required"),
  "an event name that is a number": bad(person("event", "u1", { name: 5 }), "name:invalid_type"),
  "an event name that is null": bad(person("event", "u1", { name: null }), "name:invalid_type"),
  "an event name of 101 bytes": bad(event("u1", "n".repeat(101)), "name:too_large"),
  "an event name of 102 bytes in 51 characters": bad(event("u1", "é".repeat(51)), "name:too_large"),
  "a page name of 101 bytes": bad(page("u1", "n".repeat(101)), "name:too_large"),
  "a page without a name": bad(person("page", "u1"), "name:required"),
  "a screen without a name": bad(person("screen", "u1"), "name:required"),
  "an id that is no ULID": bad(what({ id: "8c2f3f3e-8b1b-4d2a-9c9c-1b1f6a1d9d11" }), "id:invalid_value"),
  "a ULID of 25 characters": bad(what({ id: ulid(1).slice(1) }), "id:invalid_value"),
  "a ULID of 27 characters": bad(what({ id: `${ulid(1)}0` }), "id:invalid_value"),
  "a ULID with a letter U": bad(what({ id: `${ulid(1).slice(0, 25)}U` }), "id:invalid_value"),
  "a ULID beyond 48 bits of time": bad(what({ id: `8${ulid(1).slice(1)}` }), "id:invalid_value"),
  "an empty ULID": bad(what({ id: "" }), "id:required"),
  "a ULID that is null": bad(what({ id: null }), "id:invalid_type"),
  "event data that are a list": bad(what({ attributes: [1] }), "attributes:invalid_type"),
  "event data called data": bad(what({ data: {} }), "data:unknown_field"),
  "event data called properties": bad(what({ properties: {} }), "properties:unknown_field"),
  "an event with a route": bad(what({ route: "v1" }), "route:unknown_field"),
  "an event with a key __proto__": bad(
    JSON.parse('{"type":"person","action":"event","identifiers":{"id":"u1"},"name":"x","__proto__":{}}'),
    "__proto__:unknown_field",
  ),
  "a recipient that is a number": bad(
    what({ attributes: { recipient: 1 } }),
    "attributes.recipient:invalid_type",
  ),
  "a from_address that is null": bad(
    what({ attributes: { from_address: null } }),
    "attributes.from_address:invalid_type",
  ),
  "a reply_to that is a list": bad(
    what({ attributes: { reply_to: [] } }),
    "attributes.reply_to:invalid_type",
  ),
  "a page title that is a number": bad(
    page("u1", "/", { attributes: { title: 1 } }),
    "attributes.title:invalid_type",
  ),
  "page keywords that are a string": bad(
    page("u1", "/", { attributes: { keywords: "a, b" } }),
    "attributes.keywords:invalid_type",
  ),
  "a page keyword that is a number": bad(
    page("u1", "/", { attributes: { keywords: ["a", 1] } }),
    "attributes.keywords[1]:invalid_type",
  ),
  "an event of over 32,000 bytes": bad(what({ attributes: { text: "v".repeat(32_000) } }), ":too_large"),
  "an event with several things wrong": bad(
    { ...what({ id: "x", timestamp: "y", route: "v1" }), name: "" },
    "name:required",
    "id:invalid_value",
    "timestamp:invalid_type",
    "route:unknown_field",
  ),

  "a merge without a secondary": bad(
    { type: "person", action: "merge", primary: { id: "u1" } },
    "secondary:required",
  ),
  "a merge with an empty primary": bad(merge({}, { id: "u2" }), "primary:required"),
  "a merge by phone": bad(merge({ phone: "+1415" }, { id: "u2" }), "primary:invalid_value"),
  "a merge by anonymous_id": bad(merge({ id: "u1" }, { anonymous_id: "a" }), "secondary:invalid_value"),
  "a merge by two identifiers": bad(
    merge({ id: "u1", email: "a@b.c" }, { id: "u2" }),
    "primary:invalid_value",
  ),
  "a merge with identifiers": bad(
    { ...merge({ id: "u1" }, { id: "u2" }), identifiers: { id: "u1" } },
    "identifiers:unknown_field",
  ),

  "an add_device without a device": bad(person("add_device", "u1"), "device:required"),
  "a device that is a string": bad(person("add_device", "u1", { device: "t" }), "device:invalid_type"),
  "a device without a token": bad(
    person("add_device", "u1", { device: { platform: "ios" } }),
    "device.token:required",
  ),
  "a device with an empty token": bad(device({ token: "" }), "device.token:required"),
  "a device without a platform": bad(
    person("add_device", "u1", { device: { token: "t" } }),
    "device.platform:required",
  ),
  "a device of an unknown platform": bad(device({ platform: "windows" }), "device.platform:invalid_value"),
  "a platform in capitals": bad(device({ platform: "iOS" }), "device.platform:invalid_value"),
  "a last_used with a fraction": bad(device({ last_used: 1.5 }), "device.last_used:invalid_type"),
  "a device with an unknown field": bad(device({ type: "phone" }), "device.type:unknown_field"),
  "a device attribute that is a number": bad(
    device({ attributes: { build: 7 } }),
    "device.attributes.build:invalid_type",
  ),
  "a push_enabled that is a boolean": bad(
    device({ attributes: { push_enabled: true } }),
    "device.attributes.push_enabled:invalid_type",
  ),
  "a push_enabled that is neither": bad(
    device({ attributes: { push_enabled: "yes" } }),
    "device.attributes.push_enabled:invalid_value",
  ),
  "a _last_status, which Customer.io sets": bad(
    device({ attributes: { _last_status: "sent" } }),
    "device.attributes._last_status:invalid_value",
  ),
  "a delete_device without a token": bad(
    person("delete_device", "u1", { device: {} }),
    "device.token:required",
  ),
  "a delete_device with a platform": bad(
    person("delete_device", "u1", { device: { token: "t", platform: "ios" } }),
    "device.platform:unknown_field",
  ),

  "add_relationships without any": bad(person("add_relationships", "u1"), "cio_relationships:required"),
  "relationships that are an object": bad(
    person("add_relationships", "u1", { cio_relationships: {} }),
    "cio_relationships:invalid_type",
  ),
  "a relationship that is a string": bad(related("acme"), "cio_relationships[0]:invalid_type"),
  "a relationship without identifiers": bad(related({}), "cio_relationships[0].identifiers:required"),
  "a relationship with empty identifiers": bad(
    related({ identifiers: {} }),
    "cio_relationships[0].identifiers:required",
  ),
  "a relationship to an object without its type": bad(
    related({ identifiers: { object_id: "acme" } }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "a relationship to an object by all identifiers": bad(
    related({ identifiers: { ...acme, cio_object_id: "ob1" } }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "a relationship from a person to a person": bad(
    related({ identifiers: { id: "u2" } }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "the second of two relationships": bad(
    related({ identifiers: acme }, { identifiers: { object_type_id: "1", object_id: "" } }),
    "cio_relationships[1].identifiers.object_id:required",
  ),
  "a relationship with an unknown field": bad(
    related({ identifiers: acme, role: "admin" }),
    "cio_relationships[0].role:unknown_field",
  ),
  "relationship attributes that are a list": bad(
    related({ identifiers: acme, relationship_attributes: [] }),
    "cio_relationships[0].relationship_attributes:invalid_type",
  ),
  "a relationship attribute of 1,001 bytes": bad(
    related({ identifiers: acme, relationship_attributes: { a: "v".repeat(1_001) } }),
    "cio_relationships[0].relationship_attributes.a:too_large",
  ),
  "delete_relationships without any": bad(person("delete_relationships", "u1"), "cio_relationships:required"),
  "identify with a relationship to nothing": bad(
    identify("u1", {}, { cio_relationships: [{}] }),
    "cio_relationships[0].identifiers:required",
  ),

  "an object without identifiers": bad({ type: "object", action: "identify" }, "identifiers:required"),
  "an object's delete without identifiers": bad({ type: "object", action: "delete" }, "identifiers:required"),
  "an object by id alone": bad(
    { ...object("identify"), identifiers: { object_id: "acme" } },
    "identifiers:invalid_value",
  ),
  "an object by both ways": bad(
    { ...object("identify"), identifiers: { ...acme, cio_object_id: "ob1" } },
    "identifiers:invalid_value",
  ),
  "an object of a type that is a number": bad(
    { ...object("identify"), identifiers: { ...acme, object_type_id: 1 } },
    "identifiers.object_type_id:invalid_type",
  ),
  "an object of a type that is a word": bad(
    { ...object("identify"), identifiers: { ...acme, object_type_id: "company" } },
    "identifiers.object_type_id:invalid_value",
  ),
  "an object of type 0": bad(
    { ...object("identify"), identifiers: { ...acme, object_type_id: "0" } },
    "identifiers.object_type_id:invalid_value",
  ),
  "an object id of 151 bytes": bad(
    { ...object("identify"), identifiers: { ...acme, object_id: "x".repeat(151) } },
    "identifiers.object_id:too_large",
  ),
  "an object with a timestamp": bad(object("identify", { timestamp: 1 }), "timestamp:unknown_field"),
  "an object's attribute of 1,001 bytes": bad(
    object("identify", { attributes: { a: "v".repeat(1_001) } }),
    "attributes.a:too_large",
  ),
  "an object's attributes that are null": bad(
    object("identify", { attributes: null }),
    "attributes:invalid_type",
  ),
  "an object related to a phone number": bad(
    relatedTo({ identifiers: { phone: "+1415" } }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "an object related to somebody anonymous": bad(
    relatedTo({ identifiers: { anonymous_id: "a" } }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "an object related to somebody by two identifiers": bad(
    relatedTo({ identifiers: { id: "u1", email: "a@b.c" } }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "an object related to nobody": bad(
    relatedTo({ identifiers: {} }),
    "cio_relationships[0].identifiers:required",
  ),
  "an object's identify related to somebody anonymous": bad(
    object("identify", { cio_relationships: [{ identifiers: { anonymous_id: "a" } }] }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "identify_anonymous related to somebody known": bad(
    object("identify_anonymous", { cio_relationships: [{ identifiers: { id: "u1" } }] }),
    "cio_relationships[0].identifiers:invalid_value",
  ),
  "an object's delete with attributes": bad(object("delete", { attributes: {} }), "attributes:unknown_field"),

  "a delivery without identifiers": bad({ ...delivery({}), identifiers: undefined }, "identifiers:required"),
  "a delivery with an empty id": bad(delivery({ identifiers: { id: "" } }), "identifiers.id:required"),
  "a delivery of an unknown metric": bad(delivery({ name: "clicked" }), "name:invalid_value"),
  "a delivery without a metric": bad({ ...delivery({}), name: undefined }, "name:required"),
  "a delivery without attributes": bad({ ...delivery({}), attributes: undefined }, "attributes:required"),
  "a delivery without a device token": bad(delivery({ attributes: {} }), "attributes.device_token:required"),
  "a delivery with the device token beside the attributes": bad(
    { ...delivery({ device_token: "t" }), attributes: undefined },
    "device_token:unknown_field",
    "attributes:required",
  ),
  "an identify of 1970's first second": bad(identify("u1", {}, { timestamp: 0 }), "timestamp:invalid_value"),
  "an identify before 1970": bad(identify("u1", {}, { timestamp: -1 }), "timestamp:invalid_value"),
  "a delivery with a timestamp": bad(delivery({ timestamp: 1 }), "timestamp:unknown_field"),
};
