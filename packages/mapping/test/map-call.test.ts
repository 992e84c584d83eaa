import { expect, test } from "vitest";
import { mapCall } from "../src/index.ts";
import { defaults } from "./arbitrary-call.ts";

test("properties without dates are handed on, not copied", () => {
  const inner = { list: ["2024-01-01"], text: "a" };
  const properties = { inner, other: { at: "2024-01-01" }, plain: 1 };
  const attributes = attributesOf({ type: "track", event: "E", userId: "u", properties });
  expect(attributes).toMatchObject({ inner, other: { at: 1704067200 } });
  expect(attributes?.inner).toBe(inner);
  expect(attributesOf({ type: "screen", name: "S", userId: "u", properties: inner })).toBe(inner);
});

function attributesOf(call: unknown): { [name: string]: unknown } | undefined {
  const result = mapCall(call, defaults);
  const [operation] = result.kind === "operations" ? result.operations : [];
  return operation && "attributes" in operation ? operation.attributes : undefined;
}
