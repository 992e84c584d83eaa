import { acme, anonymousEvent, event, identify, merge, object, page, person, ulid } from "../operations.ts";

const u1 = { id: "u1" };
const toAcme = { identifiers: acme, relationship_attributes: { role: "admin", since: 1_702_480_414 } };
const toU1 = { identifiers: u1, relationship_attributes: { role: "admin" } };
const device = { token: "a83b219c", platform: "ios" };

/** Operations Customer.io takes, by what is special about them. */
export const goodOperations: { [name: string]: object } = {
  "identify by id": identify("u1", { first_name: "Jane", plan: "premium" }),
  "identify by email": { ...identify("u1"), identifiers: { email: "jane@example.com" } },
  "identify by phone": { ...identify("u1"), identifiers: { phone: "+14155552671" } },
  "identify by cio_id": { ...identify("u1"), identifiers: { cio_id: "a3000001" } },
  "identify without attributes": person("identify", "u1"),
  "identify with every JSON type": identify("u1", {
    a: 1,
    b: 1.5,
    c: true,
    d: null,
    e: "",
    f: [1],
    g: { h: 1 },
  }),
  "identify with a timestamp": identify("u1", {}, { timestamp: 1_772_013_598 }),
  "identify that only updates": identify("u1", { _update: true }),
  "identify with preferences": identify("u1", {
    cio_subscription_preferences: { topics: { topic_1: false } },
  }),
  "identify with one preference": identify("u1", { "cio_subscription_preferences.topics.topic_1": true }),
  "identify with an anonymous_id": identify("u1", { anonymous_id: "cookie" }),
  "identify with 300 attributes": identify(
    "u1",
    Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}`, i])),
  ),
  "identify with an attribute name of 150 bytes": identify("u1", { ["n".repeat(150)]: 1 }),
  "identify with an attribute name of 150 bytes in 75 characters": identify("u1", { ["é".repeat(75)]: 1 }),
  "identify with an attribute value of 1,000 bytes": identify("u1", { bio: "v".repeat(1_000) }),
  "identify with an attribute value of 1,000 bytes in 250 characters": identify("u1", {
    bio: "😀".repeat(250),
  }),
  "identify with 1,000 characters that JSON would escape": identify("u1", { bio: "\n".repeat(1_000) }),
  "identify with an object of 1,000 bytes": identify("u1", { o: { k: "v".repeat(992) } }),
  "identify with a key __proto__": JSON.parse(
    '{"type":"person","action":"identify","identifiers":{"id":"u1"},"attributes":{"__proto__":1}}',
  ),
  "identify with relationships": identify("u1", {}, { cio_relationships: [toAcme] }),
  "identify with no relationship in the list": identify("u1", {}, { cio_relationships: [] }),
  "an id of 150 bytes": identify("x".repeat(150)),
  "an id of 150 bytes in 50 characters": identify("€".repeat(50)),
  "an id with blanks around": identify(" u1 "),
  "ids that look like paths": identify("../x"),
  delete: person("delete", "u1"),
  suppress: person("suppress", "u1"),
  unsuppress: person("unsuppress", "u1"),
  event: event("u1", "purchase", { attributes: { product: "Widget", price: 29.99 } }),
  "event with a name alone": event("u1", "purchase"),
  "event with a ULID": event("u1", "purchase", { id: ulid(1) }),
  "event with a ULID in lower case": event("u1", "purchase", { id: "01arz3ndektsv4rrffq69g5fav" }),
  "event with the last of all ULIDs": event("u1", "purchase", { id: "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" }),
  "event with a timestamp": event("u1", "purchase", { timestamp: 1_700_000_000 }),
  "event of somebody by email": { ...event("u1", "purchase"), identifiers: { email: "jane@example.com" } },
  "event of somebody by cio_id": { ...event("u1", "purchase"), identifiers: { cio_id: "a3000001" } },
  "event of nobody known yet": anonymousEvent("cookie", "purchase"),
  "event with a name of 100 bytes": event("u1", "n".repeat(100)),
  "event with a name of 100 bytes in 50 characters": event("u1", "é".repeat(50)),
  "event that overrides a campaign": event("u1", "x", {
    attributes: { recipient: "a@b.c", from_address: "a@b.c", reply_to: "a@b.c" },
  }),
  "event with a value of 20,000 bytes": event("u1", "x", { attributes: { text: "v".repeat(20_000) } }),
  "event with 400 properties": event("u1", "x", {
    attributes: Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`a${i}`, i])),
  }),
  "event with nested data": event("u1", "x", { attributes: { list: [{ a: { b: [null] } }] } }),
  "event with empty data": event("u1", "x", { attributes: {} }),
  "event with a lone surrogate": event("u1", "x", { attributes: { text: "\ud83d" } }),
  "event with a name in Arabic": event("u1", "تم النقر على الزر"),
  page: page("u1", "/pricing", { attributes: { referrer: "https://example.com" } }),
  "page with all that a page has": page("u1", "/", {
    attributes: { path: "/", referrer: "", search: "", title: "Home", url: "https://x.y/", keywords: ["a"] },
  }),
  "page of nobody known yet": { ...anonymousEvent("cookie", "/"), action: "page" },
  screen: { ...event("u1", "Dashboard"), action: "screen", attributes: { app_version: "2.1.0" } },
  "screen of nobody known yet": { ...anonymousEvent("cookie", "Dashboard"), action: "screen" },
  merge: merge(u1, { id: "u2" }),
  "merge by other identifiers": merge({ email: "jane@example.com" }, { cio_id: "a3000002" }),
  add_device: person("add_device", "u1", { device }),
  "add_device for Android": person("add_device", "u1", { device: { ...device, platform: "android" } }),
  "add_device with all that a device has": person("add_device", "u1", {
    device: {
      ...device,
      last_used: 1_713_484_800,
      attributes: {
        device_os: "17.4",
        device_model: "iPhone15,2",
        app_version: "2",
        cio_sdk_version: "3",
        device_locale: "en-MX",
        push_enabled: "true",
        custom: "x",
      },
    },
  }),
  "add_device with a long token": person("add_device", "u1", {
    device: { ...device, token: "t".repeat(300) },
  }),
  delete_device: person("delete_device", "u1", { device: { token: "a83b219c" } }),
  add_relationships: person("add_relationships", "u1", { cio_relationships: [toAcme] }),
  "add_relationships by cio_object_id": person("add_relationships", "u1", {
    cio_relationships: [{ identifiers: { cio_object_id: "ob1" } }],
  }),
  "add_relationships to none": person("add_relationships", "u1", { cio_relationships: [] }),
  delete_relationships: person("delete_relationships", "u1", { cio_relationships: [{ identifiers: acme }] }),
  "object identify": object("identify", { attributes: { name: "Acme Corp", seats: 50 } }),
  "object identify without attributes": object("identify"),
  "object identify with people": object("identify", {
    cio_relationships: [toU1, { identifiers: { email: "a@b.c" } }, { identifiers: { cio_id: "a1" } }],
  }),
  "object identify by cio_object_id": { ...object("identify"), identifiers: { cio_object_id: "ob1" } },
  "object of type 12": { ...object("identify"), identifiers: { object_type_id: "12", object_id: "x" } },
  "object identify_anonymous": object("identify_anonymous", {
    cio_relationships: [{ identifiers: { anonymous_id: "cookie" } }],
  }),
  "object identify_anonymous as in the specification's example": object("identify_anonymous", {
    anonymous_id: "anon-abc-123",
  }),
  "object delete": object("delete"),
  "object add_relationships": object("add_relationships", { cio_relationships: [toU1] }),
  "object delete_relationships": object("delete_relationships", { cio_relationships: [{ identifiers: u1 }] }),
  "delivery event": {
    type: "delivery",
    action: "event",
    identifiers: { id: "RPIyMTM6OjEyMzQ=" },
    name: "opened",
    attributes: { device_token: "a83b219c" },
  },
};
