import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { anyCallSchema, type CallType, callSchemas, callTypes, validateMessage } from "../src/index.ts";

const json = fc.jsonValue({ maxDepth: 2 });
const field = fc.option(fc.oneof(json, fc.constantFrom("user-1", 7, "ann@example.com", {}, null)), {
  nil: undefined,
});

test("every type of call has a schema", () => {
  expect(Object.keys(callSchemas).sort()).toStrictEqual([...callTypes].sort());
});

describe("what a schema describes is taken", () => {
  test.each(callTypes)("%s", (type) => {
    const calls = fc.record({
      type: fc.constant(type),
      userId: fc.constantFrom("user-1", 7),
      anonymousId: field,
      event: field,
      name: field,
      groupId: field,
      previousId: field,
      traits: field,
      properties: field,
      context: field,
      timestamp: field,
      messageId: field,
    });
    fc.assert(
      fc.property(calls, (call) => {
        if (callSchemas[type].safeParse(call).success) expect(validateMessage(call).ok).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test("a schema can be written into a document of the API", () => {
  const document = z.toJSONSchema(anyCallSchema);
  expect(JSON.stringify(document)).toContain('"const":"identify"');
});

test.each([
  ["track", { type: "track", userId: "u" }],
  ["group", { type: "group", userId: "u" }],
  ["alias", { type: "alias", userId: "u" }],
] as [CallType, object][])("a %s without what it needs does not fit its schema", (type, call) => {
  expect(callSchemas[type].safeParse(call).success).toBe(false);
});
