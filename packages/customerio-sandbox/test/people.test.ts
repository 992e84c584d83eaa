import { describe, expect, test } from "vitest";
import { openSandbox } from "./open-sandbox.ts";
import { person as about, event, identify, merge, ulid } from "./operations.ts";

const byEmail = (email: string, attributes = {}, more = {}) => ({
  ...identify("", attributes, more),
  identifiers: { email },
});

describe("identify", () => {
  test("adds somebody, subscribed, whom every identifier finds", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("userId123", { email: "John.Doe@example.com", plan: "free" }));
    const john = await person("userId123");
    expect(john).toMatchObject({
      id: "userId123",
      email: "John.Doe@example.com",
      unsubscribed: false,
      attributes: { id: "userId123", email: "John.Doe@example.com", plan: "free" },
      devices: [],
      relationships: [],
    });
    expect(await person("john.doe@EXAMPLE.com")).toEqual(john);
    expect(await person(john?.cioId ?? "")).toEqual(john);
    expect(await person(`cio_${john?.cioId}`)).toEqual(john);
    expect(await person("nobody")).toBeUndefined();
  });

  test("shows as an attribute change that names what changed", async () => {
    const { batch, activity } = await openSandbox();
    await batch(identify("u1", { plan: "free", seats: 1 }), identify("u1", { plan: "premium", seats: 1 }));
    await batch(identify("u1", { plan: "premium" }));
    expect((await activity()).map(({ type, name, data }) => [type, name, data])).toEqual([
      ["Attribute change", "id, plan, seats", { id: "u1", plan: "free", seats: 1 }],
      ["Attribute change", "plan", { plan: "premium" }],
    ]);
  });

  test("drops what is older than what stands there, attribute by attribute, and answers 200", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1", { plan: "free" }, { timestamp: 2_000 }));
    const late = await batch(identify("u1", { plan: "stale", city: "Ulm" }, { timestamp: 1_000 }));
    expect(late.status).toBe(200);
    expect((await person("u1"))?.attributes).toMatchObject({ plan: "free", city: "Ulm" });
    await batch(identify("u1", { plan: "same second" }, { timestamp: 2_000 }));
    expect((await person("u1"))?.attributes).toMatchObject({ plan: "same second" });
  });

  test("clears an attribute by null or an empty string, and an older value does not come back", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1", { a: 1, b: 2 }, { timestamp: 1_000 }));
    await batch(
      identify("u1", { a: null, b: "" }, { timestamp: 3_000 }),
      identify("u1", { a: 9 }, { timestamp: 2_000 }),
    );
    expect((await person("u1"))?.attributes).toEqual({ id: "u1" });
  });

  test.each([
    [true, true],
    ["TRUE", true],
    ["tRuE", true],
    [1, true],
    ["1", true],
    [false, false],
    ["false", false],
    [0, false],
    ["yes", false],
    [2, false],
  ])("unsubscribed: %j means %j", async (unsubscribed, expected) => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1"), identify("u1", { unsubscribed }));
    expect((await person("u1"))?.unsubscribed).toBe(expected);
  });

  test("sets one subscription preference and leaves the others", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1", { cio_subscription_preferences: { topics: { topic_1: true } } }));
    await batch(identify("u1", { "cio_subscription_preferences.topics.topic_2": false }));
    expect((await person("u1"))?.attributes.cio_subscription_preferences).toEqual({
      topics: { topic_1: true, topic_2: false },
    });
  });

  test("with _update adds nobody", async () => {
    const { batch, person, sandbox } = await openSandbox();
    expect((await batch(identify("u1", { _update: true }))).status).toBe(200);
    expect(await person("u1")).toBeUndefined();
    expect(sandbox.memory.counts.ignored).toBe(1);
    await batch(identify("u1"), identify("u1", { _update: true, plan: "free" }));
    expect((await person("u1"))?.attributes).toEqual({ id: "u1", plan: "free" });
  });

  test("keeps at most 300 attributes of a person", async () => {
    const { batch, person, activity } = await openSandbox();
    const half = (letter: string) =>
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${letter}${i}`, i]));
    await batch(identify("u1", half("a")), identify("u1", half("b")));
    expect(Object.keys((await person("u1"))?.attributes ?? {})).toHaveLength(300);
    expect((await activity()).map(({ type }) => type)).toContain("Failed attribute change");
  });
});

describe("who is meant", () => {
  test.each<{ email: unknown }>([
    { email: { toString: 1, valueOf: 1 } },
    { email: [] },
    { email: {} },
    { email: 5 },
    { email: true },
  ])("an email of $email is nobody else's name", async ({ email }) => {
    const { batch, get } = await openSandbox();
    const odd = { email, id: email, phone: email, unsubscribed: email, anonymous_id: email };
    const answer = await batch(
      identify("u1", odd),
      byEmail("jane@example.com"),
      byEmail("jane@example.com", odd),
    );
    expect([answer.status, (await get("/")).status, (await get("/api/people")).status]).toEqual([
      200, 200, 200,
    ]);
    expect((await get("/api/people/u1")).json).toMatchObject({ id: "u1", unsubscribed: email === true });
  });

  test("an id that is new, with an email that is known, is the person with the email", async () => {
    const { batch, people } = await openSandbox();
    await batch(byEmail("jane@example.com"), identify("u1", { email: "JANE@example.com", plan: "free" }));
    expect(await people()).toMatchObject([{ id: "u1", attributes: { plan: "free" } }]);
    await batch(identify("u2", { email: "jane@example.com" }));
    expect(await people()).toMatchObject([{ id: "u2" }]);
  });

  test("an email that is somebody else's fails, and the rest is set", async () => {
    const { batch, person, activity } = await openSandbox();
    await batch(identify("u1", { email: "jane@example.com" }), identify("u2"));
    expect((await batch(identify("u2", { email: "jane@example.com", plan: "free" }))).status).toBe(200);
    expect(await person("u2")).toMatchObject({ email: null, attributes: { plan: "free" } });
    expect(await person("jane@example.com")).toMatchObject({ id: "u1" });
    expect((await activity()).at(-1)).toMatchObject({ type: "Failed attribute change", name: "email" });
  });

  test("who is named by id may get another email; who is named by email may not", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1", { email: "old@example.com" }), identify("u1", { email: "new@example.com" }));
    expect(await person("new@example.com")).toMatchObject({ id: "u1" });
    expect(await person("old@example.com")).toBeUndefined();
    await batch(byEmail("new@example.com", { email: "newer@example.com" }));
    expect(await person("newer@example.com")).toBeUndefined();
  });

  test("an id changes only by cio_id", async () => {
    const { batch, person } = await openSandbox();
    await batch(identify("u1", { email: "jane@example.com" }), byEmail("jane@example.com", { id: "u2" }));
    expect(await person("u2")).toBeUndefined();
    const cio_id = (await person("u1"))?.cioId;
    await batch({ ...identify("", { id: "u2", email: "doe@example.com" }), identifiers: { cio_id } });
    expect(await person("u2")).toMatchObject({ cioId: cio_id, email: "doe@example.com" });
    expect(await person("u1")).toBeUndefined();
  });

  test("a cio_id that nobody has is dropped", async () => {
    const { batch, people } = await openSandbox();
    expect((await batch({ ...identify(""), identifiers: { cio_id: "a9" } })).status).toBe(200);
    expect(await people()).toEqual([]);
  });

  test("somebody may be known by phone", async () => {
    const { batch, person } = await openSandbox();
    await batch({ ...identify("", { plan: "free" }), identifiers: { phone: "+14155552671" } });
    expect(await person("+14155552671")).toMatchObject({ phone: "+14155552671", id: null });
  });
});

describe("delete", () => {
  test("forgets the person and what they did; the id may be used again", async () => {
    const { batch, person, activity } = await openSandbox();
    await batch(identify("u1", { plan: "free" }), event("u1", "Bought"), identify("u2"));
    await batch(about("delete", "u1"));
    expect(await person("u1")).toBeUndefined();
    expect((await activity()).map(({ type, name }) => [type, name])).toEqual([
      ["Attribute change", "id"],
      ["Person deleted", "u1"],
    ]);
    await batch(identify("u1"));
    expect((await person("u1"))?.attributes).toEqual({ id: "u1" });
  });

  test("of nobody does nothing", async () => {
    const { batch, sandbox } = await openSandbox();
    expect((await batch(about("delete", "u1"))).status).toBe(200);
    expect(sandbox.memory.counts).toMatchObject({ accepted: 1, ignored: 1 });
  });
});

describe("suppress", () => {
  test("deletes and ignores everything about the id and the email, until unsuppressed", async () => {
    const { batch, people, sandbox } = await openSandbox();
    await batch(identify("u1", { email: "jane@example.com" }), about("suppress", "u1"));
    await batch(
      identify("u1"),
      event("u1", "Bought"),
      byEmail("Jane@Example.com"),
      about("add_device", "u1", { device: { token: "t", platform: "ios" } }),
    );
    expect(await people()).toEqual([]);
    expect(sandbox.memory.counts.ignored).toBe(4);
    await batch({ ...about("unsuppress", ""), identifiers: { email: "jane@example.com" } }, identify("u1"));
    expect(await people()).toMatchObject([{ id: "u1", email: null }]);
  });

  test("holds for an email that comes as an attribute of somebody else", async () => {
    const { batch, person } = await openSandbox();
    await batch({ ...about("suppress", ""), identifiers: { email: "jane@example.com" } });
    await batch(identify("u1", { email: "jane@example.com", plan: "free" }));
    expect(await person("u1")).toMatchObject({ email: null, attributes: { plan: "free" } });
  });
});

describe("merge", () => {
  test("fills what the primary lacks, moves what the secondary did, and ends the secondary", async () => {
    const { batch, person, activity } = await openSandbox();
    await batch(
      identify("u1", { plan: "premium" }),
      identify("u2", { plan: "free", city: "Ulm", email: "jane@example.com" }),
    );
    await batch(event("u2", "Bought"), merge({ id: "u1" }, { id: "u2" }));
    expect(await person("u2")).toBeUndefined();
    expect(await person("jane@example.com")).toMatchObject({
      id: "u1",
      attributes: { plan: "premium", city: "Ulm", email: "jane@example.com" },
    });
    expect((await activity("person=u1")).map(({ name }) => name)).toContain("Bought");
  });

  test("moves 30 days and no more", async () => {
    const clock = { nowMs: Date.parse("2025-01-01T00:00:00Z") };
    const { batch, activity } = await openSandbox({ now: () => clock.nowMs });
    await batch(identify("u1"), identify("u2"), event("u2", "Long ago"));
    clock.nowMs += 20 * 86_400_000;
    await batch(event("u2", "Lately"));
    clock.nowMs += 20 * 86_400_000;
    await batch(merge({ id: "u1" }, { id: "u2" }));
    const names = (await activity("person=u1")).map(({ name }) => name);
    expect(names).toContain("Lately");
    expect(names).not.toContain("Long ago");
  });

  test.each([
    ["the primary", merge({ id: "nobody" }, { id: "u1" })],
    ["the secondary", merge({ id: "u1" }, { id: "nobody" })],
    ["nobody else", merge({ id: "u1" }, { id: "u1" })],
  ])("without %s does nothing, and is answered 200", async (_name, operation) => {
    const { batch, person, sandbox } = await openSandbox();
    await batch(identify("u1", { plan: "free" }));
    expect((await batch(operation)).status).toBe(200);
    expect((await person("u1"))?.attributes).toEqual({ id: "u1", plan: "free" });
    expect(sandbox.memory.counts.ignored).toBe(1);
  });
});

describe("devices", () => {
  const add = (device: object) =>
    about("add_device", "u1", { device: { token: "t1", platform: "ios", ...device } });

  test("are added, updated and deleted", async () => {
    const { batch, person, activity } = await openSandbox({ now: () => 1_700_000_000_000 });
    await batch(
      add({ attributes: { device_os: "17", app_version: "1" } }),
      add({ token: "t2", platform: "android" }),
    );
    await batch(add({ last_used: 5, attributes: { app_version: "2" } }));
    expect((await person("u1"))?.devices).toEqual([
      { token: "t1", platform: "ios", last_used: 5, attributes: { device_os: "17", app_version: "2" } },
      { token: "t2", platform: "android", last_used: 1_700_000_000, attributes: {} },
    ]);
    await batch(about("delete_device", "u1", { device: { token: "t1" } }));
    expect((await person("u1"))?.devices.map(({ token }) => token)).toEqual(["t2"]);
    expect((await activity()).map(({ type, name }) => [type, name])).toEqual([
      ["Device added", "t1"],
      ["Device added", "t2"],
      ["Device added", "t1"],
      ["Device deleted", "t1"],
    ]);
  });

  test("that nobody has are deleted without effect", async () => {
    const { batch, sandbox } = await openSandbox();
    await batch(
      identify("u1"),
      about("delete_device", "u1", { device: { token: "t" } }),
      about("delete_device", "u2", { device: { token: "t" } }),
    );
    expect(sandbox.memory.counts.ignored).toBe(2);
  });
});

test("a person comes back, after being deleted, as somebody new with events of their own", async () => {
  const { batch, activity } = await openSandbox();
  await batch(
    identify("u1"),
    event("u1", "Before", { id: ulid(1) }),
    about("delete", "u1"),
    identify("u1"),
    event("u1", "After"),
  );
  expect((await activity("person=u1")).map(({ name }) => name)).toEqual(["u1", "id", "After"]);
});
