import { expect, test } from "vitest";
import { createCheck, type Departure, departures, type Kind } from "./published/published-contract.ts";

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
