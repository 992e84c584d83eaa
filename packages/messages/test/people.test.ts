import { expect, test } from "vitest";
import { normalizePerson, peopleOf } from "../src/index.ts";

function people(message: object, operations: object[] = []): string[] {
  return peopleOf(message, operations).sort();
}

test("a message names people by its ids and emails, with emails in lower case", () => {
  expect(people({ type: "alias", userId: 42, previousId: "old", anonymousId: "a" })).toEqual([
    "anonymous_id:a",
    "id:42",
    "id:old",
  ]);
  expect(people({ type: "identify", userId: "Ada@Example.com" })).toEqual([
    "email:ada@example.com",
    "id:Ada@Example.com",
  ]);
  expect(people({ type: "identify", traits: { email: " Ada@Example.com " } })).toEqual([
    "email:ada@example.com",
  ]);
  expect(people({ type: "track", context: { traits: { email: "a@b.example", id: "7" } } })).toEqual([
    "email:a@b.example",
    "id:7",
  ]);
});

test("an email in an event's properties is the person's only when the event names nobody else", () => {
  const properties = { email: "friend@example.com" };
  expect(people({ type: "track", userId: "1", properties })).toEqual(["id:1"]);
  expect(people({ type: "track", anonymousId: "a", properties })).toEqual([
    "anonymous_id:a",
    "email:friend@example.com",
  ]);
});

test("a group's traits name nobody, and the people of its relationships are named", () => {
  const operation = {
    type: "object",
    action: "identify",
    identifiers: { object_id: "g", object_type_id: "1" },
    cio_relationships: [{ identifiers: { email: "B@example.com" } }],
  };
  expect(
    people({ type: "group", groupId: "g", traits: { email: "office@example.com" } }, [operation]),
  ).toEqual(["email:b@example.com"]);
});

test("operations name people by their identifiers, both sides of a merge and the attributes of an identify", () => {
  const operations = [
    { type: "person", action: "merge", primary: { id: "1" }, secondary: { email: "A@example.com" } },
    {
      type: "person",
      action: "identify",
      identifiers: { cio_id: "c" },
      attributes: { email: "N@example.com" },
    },
    { type: "delivery", action: "event", identifiers: { id: "delivery-1" } },
  ];
  expect(people({ type: "identify" }, operations)).toEqual([
    "cio_id:c",
    "email:a@example.com",
    "email:n@example.com",
    "id:1",
  ]);
});

test("what is no message names nobody", () => {
  for (const message of [null, 7, "text", [], { userId: {}, traits: [] }]) {
    expect(peopleOf(message, [null, 3])).toEqual([]);
  }
});

test("a person's key is compared without regard to an email's case", () => {
  expect(normalizePerson("email:Ada@Example.com")).toBe("email:ada@example.com");
  expect(normalizePerson("id:Ada")).toBe("id:Ada");
});
