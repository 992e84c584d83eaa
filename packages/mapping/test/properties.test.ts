import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { customerioLimits, type JsonObject, type Operation } from "@customerio-router/customerio";
import { checkEvent, checkMetric, checkOperation } from "@customerio-router/customerio-sandbox";
import { parseTime, readJsonText } from "@customerio-router/messages";
import fc from "fast-check";
import * as ulid from "ulid";
import { beforeAll, describe, test } from "vitest";
import { explain, type MappingConnection, mapCall } from "../src/index.ts";
import { semanticEvents } from "../src/semantic-events/semantic-events.ts";
import { anyCall, anyConnection, anyId, callOf, defaults, reservedWords, traits } from "./arbitrary-call.ts";
import { bodyOf, createCheck } from "./published/published-contract.ts";

/** By hand: `MAPPING_PROPERTY_RUNS=10000 npx vitest run properties`. */
const numRuns = Number(process.env.MAPPING_PROPERTY_RUNS ?? 500);
const timeout = 60_000 + numRuns * 20;

function check<Values extends [unknown, ...unknown[]]>(
  says: string,
  arbitraries: { [At in keyof Values]: fc.Arbitrary<Values[At]> },
  predicate: (...values: Values) => void,
): void {
  test(says, { timeout }, () => {
    fc.assert(fc.property(...arbitraries, predicate), { numRuns });
  });
}

const checkPublished = createCheck();

describe("the calls that are tried", () => {
  let calls: { event?: unknown }[];
  beforeAll(() => {
    calls = fc.sample(anyCall, { numRuns: 1_000, seed: 1 }) as typeof calls;
  });
  const numberOf = (matches: (call: { event?: unknown }) => boolean) => calls.filter(matches).length;

  test("name semantic events and reserved words often", () => {
    assert.ok(numberOf((call) => semanticEvents.has(call?.event as string)) > 200);
    const hasReserved = (call: unknown) => namesIn(call).some((name) => reservedWords.includes(name));
    assert.ok(numberOf(hasReserved) > 500);
  });

  test("bring every kind of operation", () => {
    const results = calls.map((call) => mapCall(call, { ...defaults, ...allOn }));
    const kinds = results.flatMap((result) => (result.kind === "operations" ? result.operations : []));
    assert.deepStrictEqual([...new Set(kinds.map(({ type, action }) => `${type} ${action}`))].sort(), [
      "delivery event",
      ...["add_relationships", "delete", "delete_relationships", "identify", "identify_anonymous"].map(
        (action) => `object ${action}`,
      ),
      ...["add_device", "delete", "delete_device", "event", "identify", "merge"].map(
        (action) => `person ${action}`,
      ),
      ...["page", "screen", "suppress", "unsuppress"].map((action) => `person ${action}`),
    ]);
  });
});

const allOn = { anonymousEvents: "send", destructiveEvents: true } as const;

describe("for any call and any settings", () => {
  check(
    "the mapping never throws, changes nothing and comes out the same again",
    [anyCall, anyConnection],
    (call, connection) => {
      const before = structuredClone(call);
      const result = mapCall(deepFreeze(call), Object.freeze(connection));
      assert.deepStrictEqual(call, before);
      assert.deepStrictEqual(mapCall(before, { ...connection }), result);
      if (result.kind === "operations") assert.notEqual(result.operations.length, 0);
      for (const sentence of explain(call, connection, result)) assert.match(sentence, /^.+\.$/s);
    },
  );

  check(
    "F166 every operation keeps Customer.io's published schemas, the sandbox's stricter ones and the limits in bytes",
    [anyCall, anyConnection],
    (call, connection) => {
      const result = mapCall(call, connection);
      if (result.kind !== "operations") return;
      for (const operation of result.operations) {
        checkContract(operation);
        checkLimits(operation, connection.maxTraitsPerIdentify);
        checkTimes(operation);
      }
    },
  );

  check(
    "no object gets a prototype of its own, and Object's stays as it is",
    [anyCall, anyConnection],
    (call, connection) => {
      const before = Object.getOwnPropertyNames(Object.prototype);
      const result = mapCall(call, connection);
      assert.deepStrictEqual(Object.getOwnPropertyNames(Object.prototype), before);
      for (const object of objectsIn(result)) {
        assert.ok([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(object)));
      }
    },
  );

  check(
    "what comes out is JSON: it comes back the same from the wire",
    [anyCall, anyConnection],
    (call, connection) => {
      const result = mapCall(call, connection);
      assert.deepStrictEqual(JSON.parse(JSON.stringify(result)), withoutMinusZero(result));
    },
  );
});

describe("identify", () => {
  const identify = callOf("identify", { userId: fc.constantFrom("user-1", "cio_0301"), traits });

  check(
    "loses no trait by splitting, and sends none twice",
    [identify, anyConnection],
    (call, connection) => {
      const result = mapCall(call, connection);
      if (result.kind !== "operations") return;
      const pieces = result.operations.map(
        (operation) => (operation as { attributes: JsonObject }).attributes,
      );
      const sent = pieces.flatMap((piece) => Object.keys(piece));
      assert.equal(new Set(sent).size, sent.length);
      const whole = mapCall(call, { ...connection, maxTraitsPerIdentify: 300 });
      assert.ok(whole.kind === "operations");
      assert.deepStrictEqual(
        mergeOf(pieces),
        mergeOf(whole.operations.map((operation) => (operation as { attributes: JsonObject }).attributes)),
      );
      const given = Object.keys((call as { traits: object }).traits);
      const leftOut = new Set(result.warnings.map(({ field }) => field));
      const renamed = new Set(["created_at", "createdAt", "created", "userId", "anonymousId"]);
      const [first] = result.operations;
      if (first && "cio_relationships" in first) for (const name of relationNames) renamed.add(name);
      for (const name of given) {
        if (renamed.has(name) || isWarnedOf(name, leftOut)) continue;
        assert.ok(sent.includes(name), name);
      }
    },
  );

  check(
    "has the same person and time in every piece, and fills all pieces but the last",
    [identify, anyConnection],
    (call, connection) => {
      const result = mapCall(call, connection);
      if (result.kind !== "operations") return;
      const pieces = result.operations as { attributes: JsonObject }[];
      for (const [at, piece] of pieces.entries()) {
        const { cio_relationships: related, ...first } = pieces[0] as { cio_relationships?: unknown };
        const expected = at === 0 && related !== undefined ? { ...first, cio_relationships: related } : first;
        assert.deepStrictEqual({ ...piece, attributes: {} }, { ...expected, attributes: {} });
        const next = pieces[at + 1];
        if (next !== undefined) assert.ok(isFull(piece, next, connection.maxTraitsPerIdentify));
      }
    },
  );
});

describe("a number of up to 40 digits", () => {
  const digits = fc
    .tuple(
      fc.constantFrom("", "-"),
      fc.integer({ min: 1, max: 9 }),
      fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 39 }),
    )
    .map(([sign, first, more]) => `${sign}${first}${more}`);

  check("F167 keeps its text as an id and its digits as a value, wherever it stands", [digits], (number) => {
    const data = `{"a":${number},"in":{"a":${number}},"list":[${number}]}`;
    for (const [call, given] of [
      [`{"type":"identify","userId":${number},"traits":${data}}`, "traits"],
      [`{"type":"track","event":"E","userId":${number},"properties":${data}}`, "properties"],
    ] as const) {
      const { json, warningsOf } = readJsonText(call);
      const result = mapCall(json, defaults, warningsOf?.(json));
      assert.ok(result.kind === "operations");
      const [{ identifiers, attributes }] = result.operations as unknown as [
        { identifiers: unknown; attributes: JsonObject },
      ];
      assert.deepStrictEqual(identifiers, { id: number });
      const { a, in: inner, list } = attributes as { a: unknown; in: { a: unknown }; list: [unknown] };
      assert.deepStrictEqual([a, inner.a, list[0]].map(String), [number, number, number]);
      const isExact = Number.isSafeInteger(Number(number));
      const fields = isExact ? [] : ["a", "in.a", "list.0"].map((field) => `${given}.${field}`);
      assert.deepStrictEqual(
        result.warnings.map(({ code, field }) => `${code} ${field}`),
        fields.map((field) => `number-as-text ${field}`),
      );
    }
  });

  check("F167 names another person than the next one does", [digits], (number) => {
    const next = String(BigInt(number) + 1n);
    assert.notDeepStrictEqual(peopleOf(number, defaults), peopleOf(next, defaults));
  });

  check("F167 names one person, however it is written", [digits, fc.nat(20)], (number, zeros) => {
    const whole = number + "0".repeat(zeros);
    const written = [whole, JSON.stringify(whole), `${whole}.0`, `${number}e${zeros}`, `${whole}0E-1`];
    for (const id of written) assert.deepStrictEqual(peopleOf(id, defaults), [{ id: whole }]);
  });
});

describe("an id", () => {
  check("F167 names one person, or nobody, wherever it stands", [anyId, anyConnection], (id, connection) => {
    // Whether an alias may merge at all says nothing of whom it names.
    assert.ok(peopleOf(JSON.stringify(id), { ...connection, aliasFromClients: true }).length <= 1);
  });
});

describe("events", () => {
  const userId = fc.constantFrom("user-1", "ann@example.com");
  const track = callOf("track", {
    userId,
    event: fc.string({ unit: "binary", minLength: 1 }).map((text) => `E${text}`),
  });

  check(
    "have a valid ULID with the client's time, the same for a copy sent later",
    [track, anyConnection],
    (call, connection) => {
      const result = mapCall(call, connection);
      const operation = eventIn(result);
      if (operation === undefined) return;
      assert.ok(ulid.isValid(operation.id));
      const { originalTimestamp, timestamp } = call as Record<string, unknown>;
      const clientMs = parseTime(originalTimestamp) ?? parseTime(timestamp);
      if (clientMs !== undefined && clientMs >= 0 && clientMs < 2 ** 48)
        assert.equal(ulid.decodeTime(operation.id), clientMs);
      const copy = { sentAt: "2024-05-05", ...reversed(call), receivedAt: "2024-05-05T05:05:05Z" };
      assert.equal(eventIn(mapCall(copy, connection))?.id, operation.id);
    },
  );

  check(
    "have another ULID for another message and another connection",
    [track, fc.uuid(), fc.uuid()],
    (call, one, other) => {
      fc.pre(one !== other);
      const ids = [
        eventIn(mapCall({ ...call, messageId: one }, defaults))?.id,
        eventIn(mapCall({ ...call, messageId: other }, defaults))?.id,
        eventIn(mapCall({ ...call, messageId: one }, { ...defaults, connectionId: "connection-2" }))?.id,
      ].filter((id) => id !== undefined);
      assert.equal(new Set(ids).size, ids.length);
    },
  );

  const longName = fc
    .array(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 4 }),
        fc.constantFrom("é", "→", "😀", "\ud83d", "\ude00", "a"),
      ),
      { minLength: 20, maxLength: 120 },
    )
    .map((parts) => `E${parts.join("")}E`);

  check(
    "have a name that is cut between characters, never inside one",
    [callOf("track", { userId, event: longName })],
    (call) => {
      const operation = eventIn(mapCall(call, defaults));
      if (operation === undefined) return;
      const given = (call as { event: string }).event.trim();
      assert.ok(given.startsWith(operation.name));
      const characters = [...given];
      const kept = [...operation.name];
      assert.deepStrictEqual(kept, characters.slice(0, kept.length));
      const next = characters[kept.length];
      if (next !== undefined)
        assert.ok(Buffer.byteLength(operation.name + next) > customerioLimits.eventNameBytes);
    },
  );

  check(
    "carry their properties as they are, halves of characters included",
    [callOf("screen", { userId, properties: traits })],
    (call) => {
      const operation = eventIn(mapCall(call, { ...defaults, convertDates: false }));
      if (operation !== undefined)
        assert.deepStrictEqual(operation.attributes, (call as { properties: object }).properties);
    },
  );
});

const relationNames = [
  ...["objectId", "object_id", "objectTypeId", "object_type_id"],
  ...["relationshipAttributes", "relationship_attributes"],
];

type EventOperation = Extract<Operation, { type: "person"; action: "event" | "page" | "screen" }>;

/** Whom an id names in each place that a call has for one. Undefined stands for nobody. */
function peopleOf(id: string, connection: MappingConnection): unknown[] {
  const named = [
    `"type":"identify","userId":${id}`,
    `"type":"identify","traits":{"id":${id}}`,
    `"type":"track","event":"E","userId":${id}`,
    `"type":"page","name":"P","context":{"traits":{"userId":${id}}}`,
    `"type":"screen","name":"S","context":{"traits":{"id":${id}}}`,
    `"type":"group","groupId":"g","userId":${id}`,
    `"type":"alias","userId":${id},"previousId":"somebody else"`,
    `"type":"alias","userId":"somebody else","previousId":${id}`,
  ].map((call, index) => {
    const result = mapCall(readJsonText(`{${call}}`).json, connection);
    if (result.kind !== "operations") return undefined;
    const found = identifiersIn(result.operations[0] as Operation);
    return found[index === 5 || index === 7 ? 1 : 0];
  });
  return named.filter((who, index) => index === named.findIndex((other) => isDeepStrictEqual(who, other)));
}

function eventIn(result: ReturnType<typeof mapCall>): EventOperation | undefined {
  const [operation] = result.kind === "operations" ? result.operations : [];
  return operation !== undefined && "id" in operation ? operation : undefined;
}

function checkContract(operation: Operation): void {
  const [kind, body] = bodyOf(operation);
  const checks = { operation: checkOperation, event: checkEvent, metric: checkMetric };
  assert.deepStrictEqual(checks[kind](body), []);
  assert.deepStrictEqual(checkPublished(kind, body), []);
  if (kind !== "event") return;
  const { route, ...whole } = operation as EventOperation;
  assert.ok(jsonBytes(whole) > customerioLimits.operationBytes);
  assert.ok(jsonBytes(whole.attributes) <= customerioLimits.v1EventDataBytes);
  assert.deepStrictEqual(checkOperation({ ...whole, attributes: {} }), []);
}

/** Written apart from both the mapping and the sandbox, from the published limits. */
function checkLimits(operation: Operation, maxTraits: number): void {
  if (!("route" in operation)) assert.ok(jsonBytes(operation) <= 32_000);
  for (const identifiers of identifiersIn(operation)) {
    for (const id of Object.values(identifiers)) assert.ok(Buffer.byteLength(id) <= 150 && id.trim() !== "");
  }
  if ("name" in operation) assert.ok(Buffer.byteLength(operation.name) <= 100);
  if (operation.action !== "identify" && operation.action !== "identify_anonymous") return;
  assert.ok(Object.keys(operation.attributes).length <= (operation.type === "person" ? maxTraits : 300));
  for (const [name, value] of Object.entries(operation.attributes)) {
    assert.ok(Buffer.byteLength(name) <= 150);
    assert.ok((typeof value === "string" ? Buffer.byteLength(value) : jsonBytes(value)) <= 1_000);
    assert.notEqual(value, null);
  }
}

/** `created_at` of an event is a property like any other. */
function checkTimes(operation: Operation): void {
  const { timestamp, device, action, attributes } = operation as {
    [name: string]: unknown;
    device?: { last_used?: unknown };
    attributes?: JsonObject;
  };
  const isIdentify = action === "identify" || action === "identify_anonymous";
  const createdAt = isIdentify ? attributes?.created_at || undefined : undefined;
  for (const time of [timestamp, device?.last_used, createdAt]) {
    assert.ok(time === undefined || (Number.isInteger(time) && Number(time) >= 1), String(time));
  }
}

function identifiersIn(operation: Operation): { [key: string]: string }[] {
  if (operation.action === "merge") return [operation.primary, operation.secondary];
  const related = "cio_relationships" in operation ? (operation.cio_relationships ?? []) : [];
  return [operation.identifiers, ...related.map(({ identifiers }) => identifiers)];
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function mergeOf(pieces: JsonObject[]): JsonObject {
  return Object.fromEntries(pieces.flatMap((piece) => Object.entries(piece)));
}

/** Whether the next piece's first attribute had no room in this one. */
function isFull(
  piece: { attributes: JsonObject },
  next: { attributes: JsonObject },
  maxTraits: number,
): boolean {
  // Names like numbers stand first in an object, whatever was first in the call: the heaviest one decides.
  const more = Object.entries(next.attributes).map(([name, value]) => jsonBytes({ [name]: value }) - 1);
  const bytes = jsonBytes(piece) + Math.max(...more);
  return Object.keys(piece.attributes).length === maxTraits || bytes > customerioLimits.operationBytes;
}

function isWarnedOf(name: string, fields: ReadonlySet<string>): boolean {
  const field = `traits.${name}`;
  return fields.has(field) || fields.has(`${field.slice(0, 160)}…`);
}

function namesIn(value: unknown): string[] {
  return [...objectsIn(value)].flatMap((object) => (Array.isArray(object) ? [] : Object.keys(object)));
}

function reversed(object: object): object {
  return Object.fromEntries(Object.entries(object).reverse());
}

function deepFreeze<Value>(value: Value): Value {
  for (const object of objectsIn(value)) Object.freeze(object);
  return value;
}

function* objectsIn(value: unknown): Generator<object> {
  if (typeof value !== "object" || value === null) return;
  yield value;
  for (const name of Object.keys(value)) yield* objectsIn((value as Record<string, unknown>)[name]);
}

/** JSON writes -0 as 0. */
function withoutMinusZero(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutMinusZero(inner)]));
}
