import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { compileCondition } from "../src/condition/compile-condition.ts";
import { fillUp } from "../src/condition/fuel.ts";

const message = {
  type: "track",
  event: "Order Completed",
  userId: "ann@internal.example",
  properties: {
    total: 129.9,
    count: 3,
    plan: "pro",
    none: null,
    tags: ["a", "b"],
    items: [{ sku: "x", price: 10 }, { sku: "y" }],
  },
};

function evaluate(text: string, of: unknown = message): unknown {
  const compiled = compileCondition(text);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const result = compiled.condition({ message: of, entry: undefined, fuel: fillUp() });
  return typeof result === "boolean" ? result : result.message;
}

describe("a condition is true", () => {
  test.each([
    'message.event == "Order Completed" && message.properties.total > 100.0',
    "message.properties.total > 100",
    "message.properties.count == 3",
    "message.properties.count * 2.0 == 6.0",
    'message["properties"]["plan"] in ["pro", "team"]',
    '"plan" in message.properties',
    'message.userId.endsWith("@internal.example")',
    'message.userId.matches("^[^@]+@internal[.]")',
    "has(message.properties.none) && message.properties.none == null",
    'message.properties.tags.exists(tag, tag == "b")',
    "message.properties.items.exists_one(item, has(item.price))",
    'message.properties.items.filter(item, item.sku == "x").all(item, item.price >= 10.0)',
    'message.properties.items.map(item, item.sku) == ["x", "y"]',
    "size(message.properties.tags) + 1 == 3",
    'message.event.lowerAscii().contains("order")',
    "type(message.properties.total) == double && type(message.properties.tags) != string",
    'message.properties.total > 100.0 ? message.properties.plan == "pro" : false',
    'double("12.5") > 12.0 && int("7") % 2 == 1 && string(message.properties.count) == "3"',
    '!(message.event == "x") || message.properties.total.startsWith("x")',
    'message.properties.total.startsWith("x") || true',
  ])("%s", (text) => {
    assert.equal(evaluate(text), true);
  });
});

test.each([
  'message.properties.gone == "x"',
  'message.gone.plan == "x"',
  'message.gone.plan.startsWith("x")',
  'message.gone.plan.matches("x")',
  'message.event.too.deep == "x"',
  "message.gone.total > 1.0",
  "message.gone.total < 1.0",
  "message.gone.total * 2.0 > 1.0",
  'message.gone.list.exists(item, item == "x")',
  '"x" in message.gone',
  "has(message.gone.field)",
  "message.gone.flag",
  "size(message.gone.list) > 0",
  "message.properties.tags[5] != null",
])("a missing field reads as empty: %s is false", (text) => {
  assert.equal(evaluate(text), false);
});

test.each([
  "message.constructor == null",
  "!has(message.properties.toString)",
  'message["__proto__"] == null',
])("no prototype is reached: %s", (text) => {
  assert.equal(evaluate(text), true);
});

test.each([
  ['message.properties.total.startsWith("x")', "`startsWith` needs text, and got a number."],
  ["message.properties.plan > 1.0", "`>` needs two numbers or two texts, and got text and a number."],
  ["message.properties.plan", "A condition needs true or false, and got text."],
  [
    "message.properties.tags.all(tag, tag > 1.0)",
    "`>` needs two numbers or two texts, and got text and a number.",
  ],
  ["size(message.event) / 0 == 1", "An integer cannot be divided by zero."],
])("%s fails on this message", (text, why) => {
  assert.equal(evaluate(text), why);
});

test.each([
  ["message.event = 1", 14],
  ["message.event ==", 16],
  ["1 + 'a' == 2", 0],
  ["evnt == 'x'", 0],
  ["message.event.foo()", 0],
  ["'text'", 0],
  ["message.x == 1 && message.total * 2 > 1.0", 34],
  ["size(message.x) > 0 && message.x.matches('(a')", 41],
  ["message.x.matches('(?=a)b')", 18],
  ["message.x.matches(message.y)", 18],
  ["message.x.matches('((a{0,100}){0,10})')", 18],
  ["message.a.all(x, message.a.exists(y, x == y))", 17],
  ["message.a.all(x, x.map(y, y).size() > 0)", 17],
  ["timestamp(message.timestamp) > timestamp('2020-01-01T00:00:00Z')", 0],
  ["{'a': 1}.size() == 1", 1],
  ["message.x == 1u", 13],
])("%s is refused at its character", (text, at) => {
  const compiled = compileCondition(text);
  assert.ok(!compiled.ok);
  assert.equal(compiled.problem.at, at, compiled.problem.message);
});

test("an integer beside a number of a message is refused with what to write", () => {
  for (const text of ["message.total * 2 > 1.0", "1 == 1.0"]) {
    const compiled = compileCondition(text);
    assert.match(compiled.ok ? "" : compiled.problem.message, /write `1\.0`/);
  }
});

describe("F254 what reads too much of a message fails instead of taking long", () => {
  const long = "a".repeat(100_000);
  const list = Array.from({ length: 10_000 }, () => 1);
  test.each([
    ['message.x.matches("^(a+)+$")', { x: `${long}b` }],
    ['message.x.matches("(a|b)*a(a|b){20}$")', { x: long }],
    ["message.x.contains(message.y)", { x: long, y: `${long.slice(50_000)}b` }],
    ["message.list.all(entry, entry == 1.0)", { list }],
    ["message.list.map(entry, entry).size() > 1", { list }],
    ["message.list == message.other && message.other == message.list", { list, other: [...list] }],
    ["size(message.x) + size(message.x) + size(message.x) > 1", { x: long }],
  ])("%s", (text, of) => {
    assert.match(String(evaluate(text, of)), /read too much|more than 1,000 entries/);
  });
});
