import { createHash } from "node:crypto";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { createConnectionStore, createSourceStore, recordUses, startWriteKeyLookup } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();

function open() {
  const { redis } = tests;
  return { redis, store: createConnectionStore({ redis, secretKey }), sources: createSourceStore(redis) };
}

type Result = { ok: true } | { ok: false; problems: { field: string; message: string }[] } | undefined;

function problemsOf(result: Result): Record<string, string> {
  return result?.ok === false
    ? Object.fromEntries(result.problems.map(({ field, message }) => [field, message]))
    : {};
}

function saved<Kind>(
  result: { ok: true; source: Kind } | { ok: false; problems: unknown } | undefined,
): Kind {
  if (!result?.ok) throw new Error(JSON.stringify(result));
  return result.source;
}

test("a saved connection has a source of its own, of its id and name, whose kind its settings tell", async () => {
  const { store, sources } = open();
  const { id, writeKey } = await store.ensure(input({ name: "Shop" }));
  const own = { id, name: "Shop", kind: "browser", origins: [], connections: [id], paused: false };
  expect(await sources.list()).toMatchObject([own]);
  expect((await sources.get(id))?.writeKeys).toMatchObject([{ key: writeKey, lastUsedAt: null }]);
  expect(await sources.findByName("shop")).toMatchObject({ id });
  expect(await sources.ofConnection(id)).toMatchObject([{ id }]);
  await store.update(id, { name: "Shop 2", settings: { destructiveEvents: true } });
  expect(await sources.get(id)).toMatchObject({ name: "Shop 2", kind: "server" });
  expect(await store.findRoute(writeKey)).toMatchObject({ id, kind: "server", connections: [id] });
  await using lookup = startWriteKeyLookup({ store });
  await waitFor(() => lookup.isComplete, { what: "the write keys" });
  expect(await lookup.find(writeKey)).toMatchObject({ id, kind: "server", connections: [id] });
  await store.update(id, { settings: {} });
  await waitFor(async () => (await lookup.find(writeKey))?.kind === "browser", { what: "the new setting" });
});

test("an edited source stands for itself: its connection's name and settings leave it alone", async () => {
  const { store, sources } = open();
  const { id, writeKey } = await store.ensure(input({ name: "Shop" }));
  saved(await sources.update(id, { origins: ["https://Shop.example/", "http://localhost:3000"] }));
  expect(await sources.get(id)).toMatchObject({
    name: "Shop",
    origins: ["https://shop.example", "http://localhost:3000"],
    writeKeys: [{ key: writeKey }],
  });
  expect(await store.get(id)).not.toHaveProperty("writeKey");
  await store.update(id, { name: "Renamed", settings: { destructiveEvents: true } });
  expect(await sources.get(id)).toMatchObject({ name: "Shop", kind: "browser" });
  expect(problemsOf(await store.update(id, { writeKey: "other" })).writeKey).toContain("sources");
  expect(await store.findSource(writeKey)).toMatchObject({ id });
});

test("the environment goes on with a source that somebody edited, and its write key replaces the source's", async () => {
  const { store, sources } = open();
  const { id } = await store.ensure(input({ writeKey: "key-1" }));
  await sources.update(id, { messagesPerSecond: 5 });
  const added = await sources.addWriteKey(id, "key-2");
  expect(added).toMatchObject({ ok: true, writeKey: { key: "key-2" } });
  expect(await store.ensure(input({ writeKey: "key-1" }))).toMatchObject({ id, writeKey: "key-2" });
  expect((await sources.get(id))?.writeKeys).toHaveLength(2);
  await store.ensure(input({ writeKey: "key-3" }));
  expect((await sources.get(id))?.writeKeys.map(({ key }) => key)).toEqual(["key-3"]);
  expect(await store.findSource("key-1")).toBeUndefined();
  await sources.remove(id);
  expect(await store.findSource("key-3")).toBeUndefined();
  await store.ensure(input({ writeKey: "key-3" }));
  expect(await store.findSource("key-3")).toMatchObject({ id, connections: [id] });
});

test("a write key is replaced without a gap: two are valid, a third is refused, the last one stays", async () => {
  const { store, sources } = open();
  const source = saved(await sources.create({ name: "App", kind: "mobile", writeKey: "first" }));
  const added = await sources.addWriteKey(source.id);
  if (!added?.ok) throw new Error(JSON.stringify(added));
  expect(problemsOf(await sources.addWriteKey(source.id)).writeKeys).toContain("retire");
  for (const key of ["first", added.writeKey.key]) {
    expect(await store.findSource(key)).toMatchObject({ id: source.id });
  }
  const [first] = source.writeKeys;
  saved(await sources.retireWriteKey(source.id, first?.id ?? ""));
  expect(await store.findSource("first")).toBeUndefined();
  expect(problemsOf(await sources.retireWriteKey(source.id, added.writeKey.id)).writeKeys).toContain("add");
  expect(await sources.retireWriteKey(source.id, first?.id ?? "")).toBeUndefined();
});

test("names and write keys are unique among sources, a connection's own one included", async () => {
  const { store, sources } = open();
  await store.ensure(input({ name: "Shop", writeKey: "key" }));
  const named = { kind: "server" } as const;
  expect(problemsOf(await sources.create({ ...named, name: "SHOP" })).name).toContain("Another source");
  expect(problemsOf(await sources.create({ ...named, name: "App", writeKey: "key" })).writeKey).toBeDefined();
  const app = saved(await sources.create({ ...named, name: "App", writeKey: "app" }));
  expect(problemsOf(await store.create(input({ name: "app" }))).name).toContain("A source has this name");
  expect(problemsOf(await store.create(input({ name: "X", writeKey: "app" }))).writeKey).toBeDefined();
  const made = await store.create(input({ name: "App", sources: [app.id] }));
  expect(made).toMatchObject({ ok: true, connection: { name: "App", writeKey: "app" } });
  expect(await sources.list()).toMatchObject([{ name: "App" }, { name: "Shop" }]);
});

test("bad fields of a source are told all at once, and nothing is saved", async () => {
  const { sources } = open();
  const bad = { name: " ", kind: "fridge", origins: ["shop.example/path"], messagesPerSecond: 0, more: 1 };
  const problems = problemsOf(await sources.create(bad as never));
  expect(Object.keys(problems).sort()).toEqual(["kind", "messagesPerSecond", "more", "name", "origins"]);
  const joined = await sources.create({ name: "App", kind: "server", connections: ["c404"] });
  expect(problemsOf(joined).connections).toContain("no such connection");
  const guarded = await sources.create({ name: "App", kind: "server", origins: ["https://a.example"] });
  expect(problemsOf(guarded).origins).toContain("browser");
  expect(await sources.list()).toEqual([]);
});

test("many sources feed many connections, and a deleted one leaves the others", async () => {
  const { store, sources } = open();
  const { id: shop } = await store.ensure(input({ name: "Shop" }));
  const app = saved(await sources.create({ name: "App", kind: "mobile", connections: [shop] }));
  const staging = await store.create(input({ name: "Staging", sources: [app.id, shop] }));
  if (!staging.ok) throw new Error(JSON.stringify(staging));
  const { id: second } = staging.connection;
  expect(await sources.ofConnection(second)).toMatchObject([{ name: "App" }, { name: "Shop" }]);
  expect((await sources.get(shop))?.connections).toEqual([shop, second]);
  expect(problemsOf(await sources.feed(second, ["s404"])).sources).toContain("s404");
  expect(await sources.feed(second, [shop])).toEqual({ ok: true });
  expect((await sources.get(app.id))?.connections).toEqual([shop]);
  expect(await sources.feed("c404", [])).toBeUndefined();

  await store.remove(shop);
  expect(await sources.list()).toMatchObject([
    { name: "App", connections: [] },
    { name: "Shop", id: shop, connections: [second] },
  ]);
  await store.remove(second);
  expect((await sources.get(shop))?.connections).toEqual([]);
});

test("F260 joins, keys and pauses made at once by several processes are all kept", async () => {
  const { store, sources } = open();
  const ids = await Promise.all(
    [1, 2, 3].map(async (number) => (await store.ensure(input({ name: `Shop ${number}` }))).id),
  );
  const app = saved(await sources.create({ name: "App", kind: "server" }));
  await Promise.all([
    ...ids.map((id) => createSourceStore(tests.redis).feed(id, [app.id, id])),
    sources.addWriteKey(app.id),
    sources.update(app.id, { paused: true }),
    sources.update(app.id, { messagesPerSecond: 7 }),
  ]);
  const after = await sources.get(app.id);
  expect(after).toMatchObject({ paused: true, messagesPerSecond: 7 });
  expect(new Set(after?.connections)).toEqual(new Set(ids));
  expect(after?.writeKeys).toHaveLength(2);
});

test("F261 what a source feeds is known within a second, goes on while Redis is empty, and ends where a person parts them", async () => {
  const { store, sources } = open();
  const { id: shop } = await store.ensure(input({ name: "Shop" }));
  const { id: other } = await store.ensure(input({ name: "Other" }));
  const app = saved(
    await sources.create({ name: "App", kind: "server", writeKey: "app", connections: [shop] }),
  );
  await using lookup = startWriteKeyLookup({ store });
  await waitFor(() => lookup.isComplete, { what: "the write keys" });
  const fed = async () => (await lookup.find("app"))?.connections;
  expect(await fed()).toEqual([shop]);
  await sources.feed(other, [other, app.id]);
  await waitFor(async () => (await fed())?.length === 2, { what: "the join" });

  await tests.redis.flushall();
  await lookup.confirm(other);
  await waitFor(() => lookup.isEmptied, { what: "the loss to be noticed" });
  expect(await fed()).toEqual([shop, other]);
  // The environment makes its connection again, under its id; the source and the other connection are still lost.
  await store.ensure(input({ name: "Shop" }));
  await waitFor(() => lookup.has(shop), { what: "the connection" });
  expect(await fed()).toEqual([shop, other]);
  expect(lookup.missing()).toEqual([other]);
  lookup.forget(other);
  expect(await fed()).toEqual([shop]);
});

test("F262 a lost connection that its source feeds no more stays known until somebody decides, one that was parted does not", async () => {
  const { store, sources } = open();
  const { id: shop } = await store.ensure(input({ name: "Shop" }));
  const { id: other } = await store.ensure(input({ name: "Other" }));
  await sources.update(shop, { connections: [shop, other] });
  const [key = ""] = (await sources.get(shop))?.writeKeys.map((one) => one.key) ?? [];
  await using lookup = startWriteKeyLookup({ store });
  await waitFor(() => lookup.isComplete, { what: "the write keys" });
  await tests.redis.flushall();
  await store.ensure(input({ name: "Shop", writeKey: key }));
  await waitFor(() => lookup.has(shop) && !lookup.has(other), { what: "the connection that came back" });
  expect((await lookup.find(key))?.connections).toEqual([shop, other]);
  await store.ensure(input({ name: "Other" }));
  await waitFor(() => lookup.has(other), { what: "the other one" });
  expect((await lookup.find(key))?.connections).toEqual([shop]);
});

test("the last use of a write key is written down, and goes with the key", async () => {
  const { redis, store, sources } = open();
  const app = saved(await sources.create({ name: "App", kind: "server", writeKey: "app" }));
  await using lookup = startWriteKeyLookup({ store });
  const before = Date.now();
  await lookup.find("app");
  await recordUses({ redis, lookup })[Symbol.asyncDispose]();
  const [key] = (await sources.get(app.id))?.writeKeys ?? [];
  expect(Date.parse(key?.lastUsedAt ?? "")).toBeGreaterThanOrEqual(before);
  await sources.addWriteKey(app.id);
  await sources.retireWriteKey(app.id, key?.id ?? "");
  const uses = () => redis.hlen("customerio-router:{connections}:write-key-uses");
  expect(await uses()).toBe(0);
  // An intake that used it a moment before it was retired.
  const late = new Map([[createHash("sha256").update("app").digest("hex"), Date.now()]]);
  await recordUses({ redis, lookup: { takeUses: () => late } })[Symbol.asyncDispose]();
  expect(await uses()).toBe(0);
});
