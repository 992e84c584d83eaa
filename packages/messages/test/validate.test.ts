import { describe, expect, test } from "vitest";
import { callProblems, messageLimits, validateCall, validateMessage } from "../src/index.ts";

function reasonOf(value: unknown): string | undefined {
  const result = validateMessage(value);
  return result.ok ? undefined : `${result.problem.reason} ${result.problem.field}`.trim();
}

function nested(depth: number): object {
  let value: object = {};
  for (let level = 1; level < depth; level += 1) value = { a: value };
  return value;
}

describe("what SDKs send is taken", () => {
  test.each([
    ["a browser's anonymous page", { type: "page", userId: null, anonymousId: "anon-1", properties: {} }],
    ["RudderStack's empty userId", { type: "track", userId: "", anonymousId: "anon-1", event: "E" }],
    ["a numeric userId", { type: "track", userId: 0, event: "E" }],
    ["a numeric anonymousId", { type: "screen", anonymousId: 5 }],
    ["a page with neither name nor properties", { type: "page", userId: "u" }],
    ["a track with null properties", { type: "track", userId: "u", event: "E", properties: null }],
    [
      "properties of a wrong kind, of which the mapping warns",
      { type: "track", userId: "u", event: "E", properties: "x" },
    ],
    ["traits of a wrong kind, of which the mapping warns", { type: "identify", userId: "u", traits: [] }],
    [
      "null everywhere",
      {
        type: "identify",
        userId: "u",
        traits: null,
        context: null,
        integrations: null,
        timestamp: null,
        messageId: null,
      },
    ],
    [
      "unknown fields",
      { type: "track", userId: "u", event: "E", channel: "web", _metadata: {}, writeKey: "k", version: 1 },
    ],
    ["times that nobody can read", { type: "track", userId: "u", event: "E", timestamp: "soon", sentAt: {} }],
    ["an identify by the email of its traits", { type: "identify", traits: { email: "ann@example.com" } }],
    [
      "an identify by the email of its context",
      { type: "identify", context: { traits: { email: "ann@example.com" } } },
    ],
    [
      "a track by the email of its context",
      { type: "track", event: "E", context: { traits: { email: "ann@example.com" } } },
    ],
    ["an identify of somebody anonymous", { type: "identify", anonymousId: "anon-1" }],
    ["a group with a numeric id", { type: "group", userId: "u", groupId: 7 }],
    ["an alias to itself", { type: "alias", userId: "u", previousId: "u" }],
    ["an alias of numbers", { type: "alias", userId: 1, previousId: 2 }],
    ["a deleted object, about nobody", { type: "track", event: "Object Deleted" }],
    ["a delivery report, about nobody", { type: "track", event: "Report Delivery Event" }],
    [
      "a name of an object's innards",
      JSON.parse('{"type":"track","userId":"u","event":"E","__proto__":{"type":"x"}}'),
    ],
  ])("%s", (_says, call) => {
    expect(reasonOf(call)).toBeUndefined();
  });
});

describe("what no connection could deliver is refused", () => {
  test.each([
    ["no object", null, "not-a-call"],
    ["text", "track", "not-a-call"],
    ["a list", [], "not-a-call"],
    ["no type", { userId: "u" }, "unknown-type type"],
    ["another type", { type: "video", userId: "u" }, "unknown-type type"],
    ["a type that is no text", { type: ["track"], userId: "u", event: "E" }, "unknown-type type"],
    ["a track of nobody", { type: "track", event: "E" }, "no-identity userId"],
    ["a page of nobody", { type: "page", userId: " ", anonymousId: "" }, "no-identity userId"],
    ["a screen of nobody", { type: "screen", userId: null, anonymousId: null }, "no-identity userId"],
    ["a group of nobody", { type: "group", groupId: "g" }, "no-identity userId"],
    [
      "a group by its own email",
      { type: "group", groupId: "g", traits: { email: "a@b.co" } },
      "no-identity userId",
    ],
    [
      "a track by its own email",
      { type: "track", event: "E", properties: { email: "a@b.co" } },
      "no-identity userId",
    ],
    [
      "a track by no email address",
      { type: "track", event: "E", context: { traits: { email: "a" } } },
      "no-identity userId",
    ],
    ["an identify of nobody", { type: "identify", traits: { email: "none" } }, "no-user userId"],
    ["ids of other kinds", { type: "page", userId: true, anonymousId: {} }, "no-identity userId"],
    ["a track without a name", { type: "track", userId: "u" }, "no-name event"],
    ["a track with a blank name", { type: "track", userId: "u", event: " " }, "no-name event"],
    ["a track with a numeric name", { type: "track", userId: "u", event: 1 }, "no-name event"],
    ["a group without an id", { type: "group", userId: "u" }, "no-group groupId"],
    ["an alias without a user", { type: "alias", previousId: "p" }, "no-user userId"],
    ["an alias without a previous id", { type: "alias", userId: "u" }, "no-previous-id previousId"],
    ["nested too deep", { type: "track", userId: "u", event: "E", properties: nested(100) }, "too-deep"],
  ])("%s", (_says, call, reason) => {
    expect(reasonOf(call)).toBe(reason);
  });

  test("100,000 lists inside one another", () => {
    const deep = JSON.parse(
      `{"type":"track","userId":"u","event":"E","properties":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    );
    expect(reasonOf(deep)).toBe("too-deep");
  });

  test.each(Object.entries(callProblems))("%s is said in a sentence", (_reason, sentence) => {
    expect(sentence).toMatch(/^[A-Z`].*\.$/);
  });
});

test("nesting up to the limit is taken", () => {
  expect(reasonOf({ type: "track", userId: "u", event: "E", properties: nested(99) })).toBeUndefined();
});

describe("a message's size", () => {
  const around = { type: "track", userId: "u", event: "E", properties: { text: "" } };
  const room = messageLimits.messageBytes - JSON.stringify(around).length;
  const ofText = (text: string) => ({ ...around, properties: { text } });

  test("is at most 131,072 bytes", () => {
    expect(reasonOf(ofText("a".repeat(room)))).toBeUndefined();
    expect(reasonOf(ofText("a".repeat(room + 1)))).toBe("message-too-large");
  });

  test("is counted in bytes of its JSON", () => {
    expect(reasonOf(ofText("é".repeat(room / 2)))).toBeUndefined();
    expect(reasonOf(ofText("é".repeat(room / 2 + 1)))).toBe("message-too-large");
    expect(reasonOf(ofText('"'.repeat(room / 2 + 1)))).toBe("message-too-large");
  });

  test("does not matter for a call, which may be mapped all the same", () => {
    expect(validateCall(ofText("a".repeat(room + 1))).ok).toBe(true);
  });
});

test("a valid message is the value itself, not changed", () => {
  const call = { type: "track", userId: "u", event: "E", extra: { a: [1] } };
  const before = structuredClone(call);
  const result = validateMessage(call);
  expect(result.ok && result.message).toBe(call);
  expect(call).toStrictEqual(before);
});
