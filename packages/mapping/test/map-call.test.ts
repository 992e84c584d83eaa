import { expect, test } from "vitest";
import { mapCall } from "../src/index.ts";
import { defaults } from "./arbitrary-call.ts";

test("properties without dates are handed on, not copied", () => {
  const inner = { list: ["2024-01-01"], text: "a" };
  const properties = { inner, other: { at: "2024-01-01" }, plain: 1 };
  const result = mapCall({ type: "track", event: "E", userId: "u", properties }, defaults);
  const [operation] = result.kind === "operations" ? result.operations : [];
  expect(operation).toMatchObject({ attributes: { inner, other: { at: 1704067200 } } });
  expect((operation as { attributes: { inner: object } }).attributes.inner).toBe(inner);
  const plain = mapCall({ type: "screen", name: "S", userId: "u", properties: inner }, defaults);
  expect(plain.kind === "operations" && (plain.operations[0] as { attributes: object }).attributes).toBe(
    inner,
  );
});
