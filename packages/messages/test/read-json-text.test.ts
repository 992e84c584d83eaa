import { expect, test } from "vitest";
import { readJsonText } from "../src/index.ts";
import { exactInteger } from "../src/numbers/exact-integer.ts";

test.each([
  ['{"userId":9007199254740992}', { userId: "9007199254740992" }],
  ['{"userId":9007199254740993}', { userId: "9007199254740993" }],
  ['{"userId": -9007199254740993}', { userId: "-9007199254740993" }],
  ['{"userId":9007199254740991}', { userId: 9007199254740991 }],
  ['{"userId":1e3}', { userId: 1000 }],
  ['{"ids":[1,\n12345678901234567890]}', { ids: [1, "12345678901234567890"] }],
  ['{"a":0.10000000000000001}', { a: 0.1 }],
  ['{"a":"x:9007199254740993"}', { a: "x:9007199254740993" }],
  ['{"a":1e400,"b":[1e400]}', { b: [null] }],
])("%s is read as %j", (text, json) => {
  expect(readJsonText(text).json).toEqual(json);
});

test("what was changed is told of the part it was changed in, ids aside", () => {
  const text =
    '{"batch":[{"userId":9007199254740993,"traits":{"a":9007199254740993}},{"traits":{"b":1e400}},{}]}';
  const { json, warningsOf } = readJsonText(text);
  const { batch } = json as { batch: unknown[] };
  expect(batch.map((item) => warningsOf?.(item))).toEqual([
    [{ code: "number-as-text", field: "traits.a" }],
    [{ code: "number-out-of-range", field: "traits.b" }],
    [],
  ]);
});

test("`__proto__` stays a key as any other", () => {
  const { json } = readJsonText('{"__proto__":{"a":9007199254740993}}');
  expect(Object.keys(json as object)).toEqual(["__proto__"]);
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

test("a large number in text nested thousands of levels deep is refused in words; without it the text is read", () => {
  const deep = (number: string) => `${"[".repeat(50_000)}${number}${"]".repeat(50_000)}`;
  expect(() => readJsonText(deep("9007199254740993"))).toThrow(SyntaxError);
  expect(() => readJsonText(deep("9007199254740993"))).toThrow(/write that number as text/);
  expect(Array.isArray(readJsonText(deep("1")).json)).toBe(true);
});

test.each([
  ["1e21", "1000000000000000000000"],
  ["12.50e1", "125"],
  ["1.5", undefined],
  ["0e9", "0"],
  ["-0", "0"],
  ["1e1000000000", undefined],
  ["", undefined],
])("the digits of %j are %j", (source, digits) => {
  expect(exactInteger(source)).toBe(digits);
});
