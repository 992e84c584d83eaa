import { describe, expect, test } from "vitest";
import { openSandbox } from "./open-sandbox.ts";
import { person as about, acme, anonymousEvent, event, identify, object, page, ulid } from "./operations.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

describe("Activity", () => {
  test("names types as Customer.io does", async () => {
    const { batch, activity } = await openSandbox();
    await batch(
      identify("userId123", { email: "john.doe@example.com" }),
      event("userId123", "Clicked Button", {
        id: ulid(1),
        timestamp: 1_700_000_000,
        attributes: { colour: "red" },
      }),
      page("userId123", "https://example.com/pricing"),
      { ...page("userId123", "Dashboard"), action: "screen" },
    );
    const who = {
      name: "john.doe@example.com",
      id: "userId123",
      email: "john.doe@example.com",
      cioId: expect.any(String),
    };
    expect(await activity()).toMatchObject([
      { type: "Attribute change", name: "id, email", person: who },
      {
        type: "Event",
        name: "Clicked Button",
        person: who,
        id: ulid(1),
        timestamp: 1_700_000_000,
        data: { colour: "red" },
      },
      { type: "Page View", name: "https://example.com/pricing", person: who },
      { type: "Screen View", name: "Dashboard", person: who },
    ]);
  });

  test("leaves the blanks around a name away", async () => {
    const { batch, activity } = await openSandbox();
    await batch(event("u1", "  Bought  "));
    expect((await activity())[0]?.name).toBe("Bought");
  });

  test("tells what became of a delivery", async () => {
    const { batch, activity } = await openSandbox();
    const attributes = { device_token: "t" };
    await batch({ type: "delivery", action: "event", identifiers: { id: "d1" }, name: "opened", attributes });
    expect(await activity()).toMatchObject([
      { type: "Delivery event", name: "opened", person: null, identifiers: { id: "d1" } },
    ]);
  });

  test("of somebody not identified yet stays without a person", async () => {
    const { batch, activity, people } = await openSandbox();
    await batch(event("u1", "Before"));
    await batch(identify("u1"), event("u1", "After"));
    expect(await people()).toHaveLength(1);
    expect((await activity("type=Event")).map(({ name, person }) => [name, person?.id ?? null])).toEqual([
      ["Before", null],
      ["After", "u1"],
    ]);
  });
});

describe("A ULID that was seen", () => {
  test("is answered 200, counted and shown once", async () => {
    const { batch, activity, sandbox } = await openSandbox();
    const bought = event("u1", "Bought", { id: ulid(1), timestamp: 1, attributes: { total: 5 } });
    await batch(bought, bought);
    const again = await batch({ ...bought, timestamp: 2 }, event("u1", "Bought", { id: ulid(2) }));
    expect(again.status).toBe(200);
    expect(await activity()).toHaveLength(2);
    expect(sandbox.memory.counts).toMatchObject({ accepted: 4, duplicates: 2, conflicts: 0 });
  });

  test("is the same in any case of letters", async () => {
    const { batch, activity } = await openSandbox();
    await batch(
      event("u1", "Bought", { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }),
      event("u1", "Bought", { id: "01arz3ndektsv4rrffq69g5fav" }),
    );
    expect(await activity()).toHaveLength(1);
  });

  test("with another body is a conflict", async () => {
    const { batch, get, sandbox } = await openSandbox();
    await batch(event("u1", "Bought", { id: ulid(1) }), event("u1", "Sold", { id: ulid(1) }));
    expect(sandbox.memory.counts).toMatchObject({ duplicates: 1, conflicts: 1 });
    expect((await get("/api/operations")).json).toMatchObject({
      operations: [
        { outcome: "applied", isConflict: false },
        { outcome: "duplicate", isConflict: true },
      ],
    });
  });

  test("in an operation that was refused is not seen", async () => {
    const { batch, activity } = await openSandbox();
    await batch(event("u1", "", { id: ulid(1) }));
    await batch(event("u1", "Bought", { id: ulid(1) }));
    expect(await activity()).toHaveLength(1);
  });
});

describe("Anonymous events", () => {
  const whose = async (
    activity: (query: string) => Promise<{ name: string; person: { id: string | null } | null }[]>,
  ) =>
    Object.fromEntries((await activity("type=Event")).map(({ name, person }) => [name, person?.id ?? null]));

  test("follow the person who gets their anonymous_id, for 30 days", async () => {
    const clock = { nowMs: Date.parse("2025-01-01T00:00:00Z") };
    const { batch, activity } = await openSandbox({ now: () => clock.nowMs });
    await batch(anonymousEvent("cookie", "31 days ago"));
    clock.nowMs += 2 * dayMs;
    await batch(anonymousEvent("cookie", "29 days ago"), anonymousEvent("another", "Somebody else"));
    clock.nowMs += 29 * dayMs;
    await batch(identify("u1", { anonymous_id: "cookie" }));
    expect(await whose(activity)).toEqual({
      "31 days ago": null,
      "29 days ago": "u1",
      "Somebody else": null,
    });
  });

  test("follow for five minutes after the identify", async () => {
    const clock = { nowMs: 0 };
    const { batch, activity } = await openSandbox({ now: () => clock.nowMs });
    await batch(identify("u1", { anonymous_id: "cookie" }));
    clock.nowMs += 5 * minuteMs;
    await batch(anonymousEvent("cookie", "In time"));
    clock.nowMs += 1;
    await batch(anonymousEvent("cookie", "Too late"));
    expect(await whose(activity)).toEqual({ "In time": "u1", "Too late": null });
    await batch(identify("u1", { anonymous_id: "cookie" }));
    expect(await whose(activity)).toEqual({ "In time": "u1", "Too late": "u1" });
  });

  test("are not given to a second person", async () => {
    const { batch, activity } = await openSandbox();
    await batch(anonymousEvent("cookie", "Looked"), identify("u1", { anonymous_id: "cookie" }));
    await batch(anonymousEvent("cookie", "Looked again"), identify("u2", { anonymous_id: "cookie" }));
    expect(await whose(activity)).toEqual({ Looked: "u1", "Looked again": "u1" });
    expect((await activity()).at(-1)).toMatchObject({
      type: "Failed attribute change",
      name: "anonymous_id",
    });
  });
});

describe("Objects", () => {
  const toU1 = {
    cio_relationships: [{ identifiers: { id: "u1" }, relationship_attributes: { role: "admin" } }],
  };
  const relationsOf = async (
    person: (id: string) => Promise<{ relationships: object[] } | undefined>,
    id = "u1",
  ) => (await person(id))?.relationships;

  test("are related to people from either side", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1"), object("identify", { attributes: { name: "Acme" }, ...toU1 }));
    await batch(identify("u2", {}, { cio_relationships: [{ identifiers: acme }] }));
    await batch(about("add_relationships", "u3", { cio_relationships: [{ identifiers: acme }] }));
    expect(await relationsOf(person)).toEqual([{ ...acme, relationship_attributes: { role: "admin" } }]);
    expect(await relationsOf(person, "u2")).toEqual([{ ...acme, relationship_attributes: {} }]);
    expect(await relationsOf(person, "u3")).toHaveLength(1);
  });

  test("keep a relationship's attributes, but those set to null or an empty string", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1"), object("add_relationships", toU1));
    const relate = (relationship_attributes: object) =>
      about("add_relationships", "u1", {
        cio_relationships: [{ identifiers: acme, relationship_attributes }],
      });
    await batch(relate({ since: 2024, seat: 1 }), relate({ role: null, seat: "" }));
    expect(await relationsOf(person)).toEqual([{ ...acme, relationship_attributes: { since: 2024 } }]);
  });

  test("lose relationships from either side, and all when they are deleted", async () => {
    const { batch, person } = await openSandbox();
    await batch(
      identify("u1"),
      identify("u2"),
      object("add_relationships", {
        cio_relationships: [{ identifiers: { id: "u1" } }, { identifiers: { id: "u2" } }],
      }),
    );
    await batch(object("delete_relationships", { cio_relationships: [{ identifiers: { id: "u1" } }] }));
    expect([await relationsOf(person), await relationsOf(person, "u2")]).toMatchObject([[], [acme]]);
    await batch(object("delete"));
    expect(await relationsOf(person, "u2")).toEqual([]);
    await batch(
      object("add_relationships", toU1),
      about("delete_relationships", "u1", { cio_relationships: [{ identifiers: acme }] }),
    );
    expect(await relationsOf(person)).toEqual([]);
  });

  test("pass over people who do not exist", async () => {
    const { batch, people } = await openSandbox();
    expect((await batch(object("identify", toU1))).status).toBe(200);
    expect(await people()).toEqual([]);
  });

  test("related to an anonymous_id are related to whoever gets it", async () => {
    const { batch, person } = await openSandbox();
    await batch(
      object("identify_anonymous", { cio_relationships: [{ identifiers: { anonymous_id: "cookie" } }] }),
    );
    await batch({
      ...object("identify_anonymous"),
      identifiers: { ...acme, object_id: "other" },
      anonymous_id: "cookie",
    });
    await batch(identify("u1", { anonymous_id: "cookie" }));
    expect(await relationsOf(person)).toMatchObject([acme, { object_id: "other" }]);
  });

  test("by a cio_object_id that is not known are dropped", async () => {
    const { batch, sandbox } = await openSandbox();
    await batch({ ...object("identify"), identifiers: { cio_object_id: "ob9" } }, object("delete"));
    expect(sandbox.memory.counts).toMatchObject({ accepted: 2, ignored: 2 });
  });
});
