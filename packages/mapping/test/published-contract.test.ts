import { checkEvent, checkMetric, checkOperation } from "@customerio-router/customerio-sandbox";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mapCall } from "../src/index.ts";
import { anyCall, defaults } from "./arbitrary-call.ts";
import {
  bodyOf,
  createCheck,
  type Departure,
  departures,
  type Kind,
} from "./published/published-contract.ts";

const event = { type: "person", action: "event", name: "E" };
const group = { type: "object", identifiers: { object_id: "o", object_type_id: "1" } };
const relatedTo = (identifiers: object) => ({ cio_relationships: [{ identifiers }] });

/** What the file refuses, or lets pass, without the departure. */
const examples: { [name in keyof typeof departures]: { right: [Kind, object]; wrong: [Kind, object] } } = {
  "who is related is named by one of the alternatives": {
    right: ["operation", { ...group, action: "add_relationships", ...relatedTo({ id: "u" }) }],
    wrong: ["operation", { ...group, action: "identify_anonymous", ...relatedTo({}) }],
  },
  "events also take anonymous_id alone": {
    right: ["operation", { ...event, identifiers: { anonymous_id: "a" } }],
    wrong: ["operation", { ...event, action: "identify", identifiers: { anonymous_id: "a" } }],
  },
  "a v1 screen of somebody known has no anonymous_id": {
    right: ["event", { name: "Home", type: "screen" }],
    wrong: ["event", { type: "screen" }],
  },
  "a metric is of one channel or more": {
    right: ["metric", { delivery_id: "d", metric: "opened", recipient: "t" }],
    wrong: ["metric", { delivery_id: "d", metric: "seen" }],
  },
};

test.each(Object.entries(examples))("the published file needs to be told: %s", (name, { right, wrong }) => {
  const others: Departure[] = Object.entries(departures).flatMap(([other, departure]) =>
    other === name ? [] : [departure],
  );
  const [whole, without] = [createCheck(), createCheck(others)];
  expect(whole(...right)).toEqual([]);
  expect(whole(...wrong)).not.toEqual([]);
  expect(without(...right)).not.toEqual([]);
});

test.each<[string, Kind, object]>([
  ["no identifiers", "operation", event],
  ["two identifiers", "operation", { ...event, identifiers: { id: "u", email: "u@example.com" } }],
  ["a time as text", "operation", { ...event, identifiers: { id: "u" }, timestamp: "2024-01-01" }],
  [
    "a relation to two",
    "operation",
    { ...group, action: "add_relationships", ...relatedTo({ id: "u", cio_id: "1" }) },
  ],
  ["an unknown action", "operation", { ...event, action: "remove", identifiers: { id: "u" } }],
  ["an event's name as a number", "event", { name: 1 }],
])("the published file refuses %s", (_says, kind, body) => {
  expect(createCheck()(kind, body)).not.toEqual([]);
});

test("F173 the sandbox refuses whatever the published file refuses", () => {
  const published = createCheck();
  const sandbox = { operation: checkOperation, event: checkEvent, metric: checkMetric };
  let refused = 0;
  const property = fc.property(anyCall, fc.nat(), oddValue, (call, place, value) => {
    const result = mapCall(call, { ...defaults, anonymousEvents: "send", destructiveEvents: true });
    if (result.kind !== "operations") return;
    for (const operation of result.operations) {
      const [kind, body] = bodyOf(operation);
      spoil(body, place, value);
      if (published(kind, body).length === 0) continue;
      refused += 1;
      expect(sandbox[kind](body)).not.toEqual([]);
    }
  });
  fc.assert(property, { numRuns: 1_000 });
  expect(refused).toBeGreaterThan(100);
});

/** Undefined stands for a member that is missing. */
const oddValue = fc.constantFrom<unknown>(
  ...[undefined, null, 0, -1, 1.5, true, "", "u1", [], [[]], {}, { id: "u1" }, { anonymous_id: "a" }],
  ...[{ id: "u1", email: "u@example.com" }, [{}], [{ identifiers: {} }], [{ identifiers: { id: "u1" } }]],
);

/** Puts a value in the place of one of all members, not too deep within attributes. */
function spoil(body: unknown, place: number, value: unknown): void {
  const members: [{ [name: string]: unknown }, string][] = [];
  const visit = (inner: unknown, depth: number) => {
    if (typeof inner !== "object" || inner === null || depth > 3) return;
    for (const name of Object.keys(inner).slice(0, 8)) {
      const holder = inner as { [name: string]: unknown };
      members.push([holder, name]);
      visit(holder[name], depth + 1);
    }
  };
  visit(body, 0);
  const [holder, name] = members[place % members.length] ?? [];
  if (holder === undefined || name === undefined) return;
  if (value === undefined) delete holder[name];
  else holder[name] = value;
}
