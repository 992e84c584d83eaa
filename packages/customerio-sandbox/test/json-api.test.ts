import { expect, test } from "vitest";
import { openSandbox } from "./open-sandbox.ts";
import { anonymousEvent, event, identify, page, ulid } from "./operations.ts";

type Paged = { next: number | null; [list: string]: unknown };

test("people come newest first, page by page", async () => {
  const { batch, get } = await openSandbox();
  await batch(...["u1", "u2", "u3", "u4", "u5"].map((id) => identify(id)));
  const seen: string[] = [];
  let after: number | null = null;
  do {
    const { json } = await get(`/api/people?limit=2${after === null ? "" : `&after=${after}`}`);
    const { people, next } = json as { people: { id: string }[]; next: number | null };
    seen.push(...people.map(({ id }) => id));
    after = next;
  } while (after !== null);
  expect(seen).toEqual(["u5", "u4", "u3", "u2", "u1"]);
});

test.each([
  ["newest", ["E5", "E4", "E3", "E2", "E1"]],
  ["oldest", ["E1", "E2", "E3", "E4", "E5"]],
])("activity comes %s first, page by page", async (order, expected) => {
  const { batch, get } = await openSandbox();
  await batch(...[1, 2, 3, 4, 5].map((nth) => event("u1", `E${nth}`)));
  const seen: string[] = [];
  let after: number | null = null;
  do {
    const { json } = await get(
      `/api/activity?order=${order}&limit=2${after === null ? "" : `&after=${after}`}`,
    );
    const { activity, next } = json as { activity: { name: string }[]; next: number | null };
    seen.push(...activity.map(({ name }) => name));
    after = next;
  } while (after !== null);
  expect(seen).toEqual(expected);
});

test("activity without an order is newest first; what came since is asked for with after", async () => {
  const { batch, get } = await openSandbox();
  await batch(event("u1", "E1"), event("u1", "E2"));
  const { json } = await get("/api/activity");
  const [newest] = (json as { activity: { number: number; name: string }[] }).activity;
  expect(newest).toMatchObject({ number: 2, name: "E2" });
  await batch(event("u1", "E3"));
  const since = await get(`/api/activity?order=oldest&after=${newest?.number}`);
  expect(since.json).toMatchObject({ activity: [{ name: "E3" }], next: null });
});

test("activity is filtered by person, type and name", async () => {
  const { batch, activity } = await openSandbox();
  await batch(event("u1", "Early"), anonymousEvent("cookie", "Bought"));
  await batch(identify("u1", { email: "jane@example.com" }), identify("u2"));
  await batch(event("u1", "Bought"), page("u1", "Bought"), event("u2", "Bought"));
  const names = async (query: string) => (await activity(query)).map(({ type, name }) => `${type} ${name}`);
  const ofJane = ["Event Early", "Attribute change id, email", "Event Bought", "Page View Bought"];
  expect(await names("person=u1")).toEqual(ofJane);
  expect(await names("person=Jane@example.com")).toEqual(ofJane.slice(1));
  expect(await names("person=cookie")).toEqual(["Event Bought"]);
  expect(await names("person=nobody")).toEqual([]);
  expect(await names("person=u1&type=Page+View")).toEqual(["Page View Bought"]);
  expect(await names("name=Bought&type=Event")).toHaveLength(3);
});

test("the ledger holds every operation taken, in order of arrival, and no data", async () => {
  const { batch, get } = await openSandbox({ now: () => 1_700_000_000_123 });
  await batch(
    identify("u1", { secret: "in attributes" }, { timestamp: 5 }),
    event("u1", ""),
    event("u1", "Bought", { id: ulid(1), timestamp: 6, attributes: { secret: 1 } }),
    { type: "person", action: "merge", primary: { id: "u1" }, secondary: { id: "u2" } },
  );
  const { json, text } = await get("/api/operations");
  const entry = {
    receivedAtMs: 1_700_000_000_123,
    hash: expect.stringMatching(/^[0-9a-f]{40}$/),
    isConflict: false,
  };
  expect(json).toEqual({
    operations: [
      {
        number: 1,
        type: "person",
        action: "identify",
        identifiers: { id: "u1" },
        timestamp: 5,
        outcome: "applied",
        ...entry,
      },
      {
        number: 2,
        type: "person",
        action: "event",
        identifiers: { id: "u1" },
        name: "Bought",
        id: ulid(1),
        timestamp: 6,
        outcome: "applied",
        ...entry,
      },
      { number: 3, type: "person", action: "merge", identifiers: { id: "u1" }, outcome: "ignored", ...entry },
    ],
    next: null,
  });
  expect(text).not.toContain("secret");
});

test("two bodies that differ in their timestamp alone have one hash, and others have not", async () => {
  const { batch, get } = await openSandbox();
  const one = event("u1", "Bought", { timestamp: 1, attributes: { a: 1 } });
  await batch(one, { ...one, timestamp: 2 }, { ...one, attributes: { a: 2 } });
  const { operations } = (await get("/api/operations")).json as { operations: { hash: string }[] };
  const [first, second, third] = operations.map(({ hash }) => hash);
  expect(first).toBe(second);
  expect(first).not.toBe(third);
});

test("requests are told with status, operations, bytes and fault, the newest first", async () => {
  const { batch, send, get, setFaults } = await openSandbox();
  await batch(identify("u1"), identify("u2"));
  await send("GET", "/api/v1/accounts/region", undefined, { authorization: "" });
  await setFaults({ status: 503 });
  await batch(identify("u1"));
  const { requests } = (await get("/api/requests")).json as Paged;
  expect(requests).toMatchObject([
    { method: "POST", path: "/api/v2/batch", status: 503, operations: 1, fault: 0 },
    { method: "GET", path: "/api/v1/accounts/region", status: 401, operations: 0, bodyBytes: 0, fault: null },
    {
      number: 1,
      method: "POST",
      path: "/api/v2/batch",
      status: 200,
      operations: 2,
      bodyBytes: expect.any(Number),
      fault: null,
    },
  ]);
});

test("counts tell how much of everything there is", async () => {
  const { batch, get } = await openSandbox();
  await batch(identify("u1"), event("u1", "Bought"), event("u1", ""), {});
  expect((await get("/api/counts")).json).toEqual({
    accepted: 2,
    refused: 2,
    ignored: 0,
    duplicates: 0,
    conflicts: 0,
    byAction: { "person identify": 1, "person event": 1 },
    people: 1,
    objects: 0,
    activities: 2,
  });
});

test("DELETE /api/memory forgets all but the faults", async () => {
  const { batch, send, get, setFaults, people, activity } = await openSandbox();
  await batch(identify("u1"), event("u1", "Bought", { id: ulid(1) }));
  await setFaults({ status: 503, skip: 1 });
  expect((await send("DELETE", "/api/memory")).status).toBe(204);
  expect([await people(), await activity()]).toEqual([[], []]);
  expect((await get("/api/counts")).json).toMatchObject({ accepted: 0, byAction: {}, people: 0 });
  expect((await get("/api/operations")).json).toEqual({ operations: [], next: null });
  expect((await get("/api/requests")).json).toEqual({ requests: [], next: null });
  await batch(event("u1", "Bought", { id: ulid(1) }));
  expect(await activity()).toHaveLength(1);
  expect((await batch()).status).toBe(503);
});

test.each([
  "/api/people?limit=0",
  "/api/people?limit=10001",
  "/api/people?limit=ten",
  "/api/people?after=-1",
  "/api/activity?order=upwards",
  "/api/operations?after=1.5",
  "/people?after=x",
])("%s is answered 400 with the reason", async (path) => {
  const { get } = await openSandbox();
  const { status, json } = await get(path);
  expect(status).toBe(400);
  expect((json as { errors: string[] }).errors[0]).toMatch(/^(limit|after|order): /);
});

test("somebody unknown is answered 404", async () => {
  const { get } = await openSandbox();
  expect((await get("/api/people/nobody")).status).toBe(404);
});
