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

test("of the warnings noted with a call only those with a known code and a field count, since people edit jobs", () => {
  const call = { type: "track", userId: "u1", event: "E" };
  const good = { code: "number-as-text", field: "properties.a" };
  const bad = [null, "x", 7, [], {}, { code: "number-as-text" }, { code: "number-as-text", field: 7 }];
  const worse = [
    { field: "a" },
    { code: 7, field: "a" },
    { code: ["number-as-text"], field: "a" },
    { code: "unheard-of", field: "a" },
    { code: "toString", field: "a" },
  ];
  const warningsOf = (noted: unknown) => {
    const result = mapCall(call, defaults, noted);
    return result.kind === "operations" && result.warnings.map(({ code, field }) => ({ code, field }));
  };
  expect(warningsOf([...bad, good, ...worse])).toEqual([good]);
  for (const noted of [undefined, null, "x", {}, good]) expect(warningsOf(noted)).toEqual([]);
});
