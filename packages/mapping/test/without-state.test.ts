import type { Operation } from "@customerio-router/customerio";
import { expect, test } from "vitest";
import { withoutState } from "../src/index.ts";

const person = { type: "person", identifiers: { id: "u" } } as const;
const event: Operation = {
  ...person,
  action: "event",
  name: "E",
  attributes: {},
  id: "01HXAAAAAAAAAAAAAAAAAAAAAA",
  timestamp: 1,
};
const identify: Operation = { ...person, action: "identify", attributes: { plan: "a" }, timestamp: 1 };

test("a replay sends events, and attributes that have a time", () => {
  expect(withoutState([event, identify])).toEqual([event, identify]);
});

test("a replay sends no attributes without a time, and no relationship within those that have one", () => {
  const timeless: Operation = { ...person, action: "identify", attributes: { plan: "a" } };
  const relationships = [{ identifiers: { object_type_id: "1", object_id: "o" } }];
  expect(withoutState([timeless, { ...identify, cio_relationships: relationships }])).toEqual([identify]);
});

test("a replay turns no deletion, merge, device or object back", () => {
  const device = { token: "t", platform: "ios" as const, attributes: {} };
  const operations: Operation[] = [
    { ...person, action: "delete" },
    { ...person, action: "suppress" },
    { ...person, action: "add_device", device },
    { type: "person", action: "merge", primary: { id: "a" }, secondary: { id: "b" } },
    {
      type: "object",
      action: "identify",
      identifiers: { object_type_id: "1", object_id: "o" },
      attributes: {},
    },
  ];
  expect(withoutState(operations)).toEqual([]);
});
