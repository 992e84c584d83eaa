import { describe, expect, test } from "vitest";
import { explain, type MappingSettings, mapCall } from "../src/index.ts";
import { defaults } from "./arbitrary-call.ts";

function explained(call: object, settings: Partial<MappingSettings> = {}): string[] {
  const connection = { ...defaults, ...settings };
  return explain(call, connection, mapCall(call, connection));
}

describe("who", () => {
  test.each([
    [{ userId: "cio_0301" }, "Who: `userId` has the form `cio_<value>`, Customer.io's own id of a person."],
    [
      { userId: "ann@example.com" },
      "Who: `userId` is an email address, and the connection identifies people by email.",
    ],
    [{ userId: "user-1" }, "Who: `userId` is the person's id."],
    [
      { traits: { email: "ann@example.com" } },
      "Who: `traits.email` is an email address, there is no `userId`, and the connection identifies people by email.",
    ],
    [
      { context: { traits: { email: "ann@example.com" } } },
      "Who: `context.traits.email` is an email address, there is no `userId`, and the connection identifies people by email.",
    ],
  ])("of %j", (fields, sentence) => {
    expect(explained({ type: "identify", ...fields })[0]).toBe(sentence);
  });

  test("of an event of somebody not known yet", () => {
    const [who] = explained(
      { type: "track", event: "E", anonymousId: "anon-1" },
      { anonymousEvents: "send" },
    );
    expect(who).toBe(
      "Who: `anonymousId` names somebody without a user id, and the connection sends anonymous events.",
    );
  });

  test.each([
    ["a group without a person", { type: "group", groupId: "g", anonymousId: "anon-1" }],
    ["an object", { type: "track", event: "Object Deleted", userId: "u", properties: { objectId: "o" } }],
  ])("of %s", (_says, call) => {
    expect(explained(call, { destructiveEvents: true })).toStrictEqual([
      "Who: nobody, because the call concerns no person.",
    ]);
  });

  test("of a delivery, which goes by a route of its own", () => {
    const properties = { deliveryId: "d", metric: "opened", recipient: "t" };
    expect(
      explained({ type: "track", event: "Report Delivery Event", userId: "u", properties }),
    ).toStrictEqual([
      "Who: nobody, because the call concerns no person.",
      "It is sent to the metrics endpoint of v1, because only that accepts a time.",
    ]);
  });

  test("of a group with a person", () => {
    expect(explained({ type: "group", groupId: "g", userId: "u" })).toStrictEqual([
      "Who: `userId` is the person's id.",
    ]);
  });

  test("of both sides of an alias", () => {
    expect(explained({ type: "alias", userId: "user-1", previousId: "ann@example.com" })).toStrictEqual([
      "Who stays: `userId` is the person's id.",
      "Who is merged into them: `previousId` is an email address, and the connection identifies people by email.",
    ]);
  });
});

test("an event's time and id", () => {
  const timestamp = "2024-01-02T03:04:05Z";
  expect(explained({ type: "track", event: "E", userId: "u", messageId: "m", timestamp })).toStrictEqual([
    "Who: `userId` is the person's id.",
    "When: `timestamp`, in whole Unix seconds.",
    "The event's id: the client's time and a hash of the connection and `messageId`. Every copy of this call gets the same id.",
  ]);
});

test("an event without a client's time and messageId", () => {
  expect(explained({ type: "track", event: "E", userId: "u" }).slice(1)).toStrictEqual([
    "The event's id: bits of a hash, because the call has no time, and a hash of the connection and the whole call, because it has no `messageId`. Every copy of this call gets the same id.",
  ]);
  const received = {
    type: "track",
    event: "E",
    userId: "u",
    messageId: "m",
    receivedAt: "2024-01-02T03:04:05Z",
  };
  expect(explained(received)[1]).toBe("When: `receivedAt`, in whole Unix seconds.");
});

test("a device's time", () => {
  const call = {
    type: "track",
    event: "Application Opened",
    userId: "u",
    originalTimestamp: "2024-01-02T03:04:05Z",
    context: { device: { token: "t", type: "ios" } },
  };
  expect(explained(call)).toStrictEqual([
    "Who: `userId` is the person's id.",
    "When: `originalTimestamp`, in whole Unix seconds.",
  ]);
});

test("a device without a time", () => {
  const context = { device: { token: "t", type: "ios" } };
  const sentences = explained({ type: "track", event: "Application Opened", userId: "u", context });
  expect(sentences[1]).toBe(
    "When: the call has no time, so Customer.io uses the time at which it receives it.",
  );
});

test("why there are several operations", () => {
  const traits = { a: 1, b: 2, c: 3 };
  const person = explained({ type: "identify", userId: "u", traits }, { maxTraitsPerIdentify: 2 });
  expect(person[1]).toBe(
    "2 operations: each may have at most 2 attributes (`maxTraitsPerIdentify`) and 32,000 bytes of JSON.",
  );
  const many = Object.fromEntries(Array.from({ length: 301 }, (_, at) => [`t${at}`, at]));
  const object = explained({ type: "group", userId: "u", groupId: "g", traits: many });
  expect(object[1]).toBe("2 operations: each may have at most 300 attributes and 32,000 bytes of JSON.");
});

test("why an event takes another way", () => {
  const sentences = explained({
    type: "page",
    userId: "u",
    name: "Home",
    properties: { text: "a".repeat(40_000) },
  });
  expect(sentences.at(-1)).toBe(
    "It is sent to the events endpoint of v1, because v2 accepts at most 32,000 bytes of JSON.",
  );
});

test("what was left out", () => {
  expect(explained({ type: "identify", userId: "u", traits: { bio: "a".repeat(1001) } }).at(-1)).toBe(
    "`traits.bio` is left out: a trait's value may have at most 1,000 bytes, an id at most 150.",
  );
});

test.each([
  [{ type: "track", event: "E" }, /^The call names nobody: send `userId`, `anonymousId`/],
  [{ type: "track", event: "E", userId: "a".repeat(151) }, /^`userId` is longer than 150 bytes/],
  [{ type: "track", event: "E", anonymousId: "a" }, /`anonymousEvents` is `skip`/],
  [{ type: "alias", userId: "a", previousId: "a" }, /^`previousId` and the user are the same person/],
])("why %j is not sent", (call, sentence) => {
  const sentences = explained(call);
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(sentence);
});
