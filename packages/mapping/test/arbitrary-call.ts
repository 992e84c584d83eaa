import fc from "fast-check";
import { type MappingConnection, mappingSettings } from "../src/index.ts";
import { semanticEvents } from "../src/semantic-events/semantic-events.ts";

/*
 * Calls to try the mapping with: anything JSON can hold, and calls of the right shape whose every field holds the
 * likely, the unlikely and the wrong.
 */

/** Text of any UTF-16 units, halves of characters included; short, or just around the limits in bytes. */
const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
      .map((units) => String.fromCharCode(...units)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom("a", "é", "→", "😀", "\ud83d", '"', "\u0000"),
        fc.constantFrom(33, 49, 75, 99, 149, 333, 499, 999),
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom("", "a", "b"),
      )
      .map(([unit, times, more, start]) => start + unit.repeat(times + more)),
  },
);

export const anyId = fc.oneof(
  fc.constantFrom(
    "user-1",
    "ann@example.com",
    "Ann@Example.com",
    "cio_0301",
    "cio_",
    ".",
    "..",
    "a/b",
    "",
    " ",
    "0",
    " ann@example.com ",
    "Andr\ufffd",
  ),
  fc.constantFrom(null, 0, 7, -1.5, 1e21, true, [], {}),
  text,
);

const id = anyId;

const date = fc.oneof(
  fc.constantFrom(
    "2024-01-01",
    "2024-01-02T03:04:05.678Z",
    "2023-02-29",
    "2014",
    "+49 170 1234567",
    "0000-01-01",
    "9999-12-31T23:59:59-23:59",
  ),
  fc.constantFrom(
    0,
    -1,
    1704067200,
    1704067200000,
    1e300,
    -1e300,
    281474976710656,
    null,
    "",
    "1704067200",
    "now",
    {},
  ),
);

const value = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(fc.jsonValue({ maxDepth: 3 }), text) },
  { weight: 2, arbitrary: date },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 5 }) },
) as fc.Arbitrary<unknown>;

/** Names that mean something to us, to Customer.io or to JavaScript. */
export const reservedWords: readonly string[] = [
  ...[
    "email",
    "created_at",
    "createdAt",
    "created",
    "unsubscribed",
    "id",
    "cio_id",
    "_update",
    "cio_relationships",
  ],
  ...[
    "cio_subscription_preferences",
    "userId",
    "anonymousId",
    "anonymous_id",
    "objectTypeId",
    "object_type_id",
  ],
  ...[
    "relationshipAttributes",
    "objectAttributes",
    "objectId",
    "object_id",
    "deliveryId",
    "delivery_id",
    "metric",
    "recipient",
    "deviceToken",
    "from_address",
    "reply_to",
  ],
  ...["action", "type", "identifiers", "timestamp", "attributes", "route", "token", "platform", "last_used"],
  ...[
    "name",
    "url",
    "path",
    "title",
    "referrer",
    "search",
    "keywords",
    "push_enabled",
    "_last_status",
    "app_version",
  ],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "1", "0", ""],
];

const name = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...reservedWords) },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }) },
);

/** An object with its own `__proto__` where there is one, as parsed JSON has it. */
export function objectOf(members: (readonly [string, unknown])[]): { [name: string]: unknown } {
  return Object.fromEntries(members);
}

function objectWith(
  values: fc.Arbitrary<unknown>,
  maxLength: number,
): fc.Arbitrary<{ [name: string]: unknown }> {
  return fc.array(fc.tuple(name, values), { maxLength }).map(objectOf);
}

const flat = objectWith(value, 8);

/** Many members or heavy ones: over 30, over 300, over 32,000 bytes, over 100,000. */
const large = fc
  .tuple(
    fc.constantFrom(31, 35, 61, 130, 301, 310),
    fc.constantFrom("a", "é", "\u0001", "😀"),
    fc.constantFrom(0, 1, 230, 333, 990),
    flat,
  )
  .map(([count, unit, times, more]) =>
    objectOf([
      ...Object.entries(more),
      ...Array.from({ length: count }, (_, at) => [`t${at}`, unit.repeat(times)] as const),
    ]),
  );

const data: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: objectWith(fc.oneof(value, flat), 12) },
  { weight: 2, arbitrary: large },
  { weight: 1, arbitrary: value },
);

export const traits = fc.oneof(objectWith(fc.oneof(value, flat), 40), large);

const typeId = fc.constantFrom(undefined, null, 1, "2", 3, "4", "5", "company");

/** Traits with members of a meaning of their own among them. */
function dataWith(members: { [name: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<unknown> {
  return fc
    .tuple(data, fc.record(members, { requiredKeys: [] }))
    .map(([own, more]) => (typeof own === "object" && own !== null ? { ...own, ...more } : own))
    .map(asJson);
}

const relatingTraits = dataWith({
  id,
  objectId: id,
  object_id: id,
  objectTypeId: typeId,
  relationshipAttributes: data,
});

const groupTraits = dataWith({
  objectTypeId: typeId,
  object_type_id: typeId,
  action: fc.constantFrom("identify", "delete", "add_relationships", "delete_relationships", "Delete", 1),
  objectAttributes: data,
  relationshipAttributes: data,
});

const context = fc
  .record(
    {
      traits: fc.oneof(
        data,
        fc.record(
          { userId: id, id, email: fc.oneof(id, fc.constant("ann@example.com")) },
          { requiredKeys: [] },
        ),
      ),
      page: fc.oneof(value, fc.record({ url: fc.oneof(value, fc.constant("https://example.com/")) })),
      device: fc.oneof(
        value,
        fc.record({
          token: fc.oneof(id, fc.constant("token-1")),
          type: fc.constantFrom("ios", "iPadOS", "android", "web", 5),
          model: value,
        }),
      ),
      os: fc.oneof(value, fc.record({ name: value, version: value })),
      app: fc.oneof(value, fc.record({ version: value })),
      locale: value,
      groupId: id,
      consent: fc.oneof(
        value,
        fc.record({ categoryPreferences: fc.record({ ads: fc.oneof(fc.boolean(), value) }) }),
      ),
    },
    { requiredKeys: [] },
  )
  .map(asJson);

const ourNames = ["Customer.io", "Customer.io (Actions)", "customerio", "Actions Customerio", "Salesforce"];

const integrations = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .record(
        { All: fc.oneof(value, fc.boolean()), ours: fc.oneof(value, fc.boolean()) },
        { requiredKeys: [] },
      )
      .chain(({ ours, ...all }) =>
        fc.constantFrom(...ourNames).map((ourName) => asJson({ ...all, [ourName]: ours })),
      ),
  },
);

const semanticProperties = fc
  .record({
    ...{ objectId: id, object_id: id, objectTypeId: typeId, object_type_id: typeId },
    ...{ deliveryId: id, delivery_id: id, recipient: id, deviceToken: id, reason: value, href: value },
    metric: fc.constantFrom("opened", "converted", "bounced", "spammed", "seen", 1),
    more: data,
  })
  .map(asJson);

const fields = {
  userId: id,
  anonymousId: id,
  messageId: fc.oneof(id, fc.uuid()),
  timestamp: date,
  originalTimestamp: date,
  receivedAt: date,
  sentAt: date,
  context: fc.oneof({ weight: 5, arbitrary: context }, { weight: 1, arbitrary: value }),
  integrations,
  name: fc.oneof(value, text, fc.constant("Home")),
  traits: fc.oneof(data, relatingTraits, groupTraits),
  properties: fc.oneof({ weight: 3, arbitrary: data }, { weight: 1, arbitrary: semanticProperties }),
  groupId: id,
  previousId: id,
  event: fc.oneof(
    text,
    fc.constantFrom("Clicked Button", " padded "),
    { weight: 2, arbitrary: fc.constantFrom(...semanticEvents.keys()) },
    value,
  ),
};

/** A call of a type, each of its fields there or not. */
export function callOf(type: string, more: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<object> {
  return fc
    .record(
      { type: fc.constant(type), ...fields, ...more },
      { requiredKeys: ["type", ...Object.keys(more)] as never },
    )
    .map((call) => asJson(call) as object);
}

const types = ["identify", "track", "page", "screen", "group", "alias"];

const user = { userId: fc.constantFrom("user-1", "ann@example.com", "cio_0301", 7) };

const semanticTrack = callOf("track", {
  ...user,
  event: fc.constantFrom(...semanticEvents.keys()),
  properties: semanticProperties,
  context,
});

export const anyCall: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 12, arbitrary: fc.oneof(...types.map((type) => callOf(type))) },
  { weight: 12, arbitrary: fc.oneof(...types.map((type) => callOf(type, user))) },
  { weight: 5, arbitrary: callOf("identify", { ...user, traits: relatingTraits }) },
  {
    weight: 5,
    arbitrary: callOf("group", { ...user, groupId: fc.constantFrom("acme", 7), traits: groupTraits }),
  },
  { weight: 12, arbitrary: semanticTrack },
);

export const anyConnection: fc.Arbitrary<MappingConnection> = fc.record({
  identifyBy: fc.constantFrom("id-or-email", "id"),
  anonymousEvents: fc.constantFrom("skip", "send"),
  maxTraitsPerIdentify: fc.constantFrom(1, 2, 3, 30, 300),
  convertDates: fc.boolean(),
  semanticEvents: fc.constantFrom(true, true, false),
  destructiveEvents: fc.boolean(),
  aliasFromClients: fc.boolean(),
  sourceKind: fc.constantFrom(undefined, "browser", "server", "mobile"),
  consentCategories: fc.constantFrom([], [], ["ads"]),
  connectionId: fc.constantFrom("connection-1", "connection-2", ""),
});

export const defaults: MappingConnection = { ...mappingSettings.parse({}), connectionId: "connection-1" };

/** As it would come from a request. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
