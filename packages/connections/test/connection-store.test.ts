import { connectionKeys } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { type Connection, createConnectionStore, type Saved } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();
const open = (more = {}) => createConnectionStore({ redis: tests.redis, secretKey, ...more });

function saved(result: Saved | undefined): Connection {
  if (!result?.ok) throw new Error(`not saved: ${JSON.stringify(result)}`);
  return result.connection;
}

function problems(result: Saved | undefined) {
  return result?.ok === false
    ? Object.fromEntries(result.problems.map(({ field, message }) => [field, message]))
    : {};
}

test("a created connection is found by id, by name in any case and by write key", async () => {
  const store = open();
  const connection = saved(await store.create(input({ name: "  Shop Ä " })));
  expect(connection.name).toBe("Shop Ä");
  expect(connection.id).toMatch(/^[a-z][a-z0-9]+$/);
  expect(connection.writeKey).toMatch(/^wk_[a-z0-9]{32}$/);
  expect(connection.settings).toMatchObject({
    maxTraitsPerIdentify: 30,
    limiter: { max: 100, duration: 1_000 },
  });
  expect(await store.get(connection.id)).toEqual(connection);
  expect(await store.findByName("SHOP ä")).toEqual(connection);
  expect(await store.findSource(connection.writeKey ?? "")).toMatchObject({
    id: connection.id,
    connections: [connection.id],
  });
  expect(await store.findSource(`${connection.writeKey}x`)).toBeUndefined();
  expect(await store.get("constructor")).toBeUndefined();
});

test("the list is in the order of names", async () => {
  const store = open();
  for (const name of ["pear", "Apple", "fig"]) saved(await store.create(input({ name })));
  expect((await store.list()).map(({ name }) => name)).toEqual(["Apple", "fig", "pear"]);
});

test("every problem is told at once, one for each field", async () => {
  const store = open();
  const result = await store.create({
    ...input({ name: " ", siteId: "", apiKey: "0123456789abcdef0123456789abcdef", writeKey: "a:b" }),
    region: "asia" as "eu",
    settings: { attempts: 0, inFlight: 8, speed: 9 } as Record<string, unknown>,
  });
  expect(problems(result)).toEqual({
    name: "The name is blank.",
    siteId: "The Site ID is blank.",
    apiKey: expect.stringContaining("App API key"),
    region: 'The region must be "us" or "eu".',
    writeKey: expect.stringContaining("without spaces"),
    "settings.attempts": expect.stringContaining("1"),
    "settings.speed": "Unknown: speed.",
  });
  expect(await store.list()).toEqual([]);
});

test("a missing API key is a problem of a new connection only", async () => {
  const store = open();
  const { apiKey: _, ...keyless } = input();
  expect(problems(await store.create(keyless as ReturnType<typeof input>))).toEqual({
    apiKey: "The API Key is missing.",
  });
  const { id } = saved(await store.create(input()));
  saved(await store.update(id, { region: "us" }));
  expect(await store.apiKeyOf(id)).toBe("track-key-1");
});

test("a custom URL needs the operator's leave, is kept without it, and can be taken back", async () => {
  const trackUrl = "http://127.0.0.1:3002/";
  expect(problems(await open().create(input({ trackUrl }))).trackUrl).toContain("ALLOW_CUSTOM_TRACK_URL");
  const { id } = saved(await open({ allowCustomTrackUrl: true }).create(input({ trackUrl })));
  const strict = open();
  expect(saved(await strict.update(id, { name: "Renamed" }))).toMatchObject({
    trackUrl: "http://127.0.0.1:3002",
  });
  expect(problems(await strict.update(id, { trackUrl: "http://10.0.0.1" })).trackUrl).toContain(
    "ALLOW_CUSTOM",
  );
  expect(saved(await strict.update(id, { trackUrl: null }))).not.toHaveProperty("trackUrl");
});

test.each(["ftp://host", "not a url", "http://user:password@host", "http://host/?a=1"])(
  "%s is refused as a custom URL",
  async (trackUrl) => {
    const result = await open({ allowCustomTrackUrl: true }).create(input({ trackUrl }));
    expect(Object.keys(problems(result))).toEqual(["trackUrl"]);
  },
);

test.each([
  "https://host/#a",
  "https://host/#",
  "https://host#",
  "https://host/?",
  "https://host/?a=1",
  "https://user@host",
  "https://@host",
  "https://:@host/path",
])("F154 %s is refused as a custom URL, and the problem says what to leave out", async (trackUrl) => {
  const result = await open({ allowCustomTrackUrl: true }).create(input({ trackUrl }));
  expect(problems(result)).toEqual({ trackUrl: expect.stringMatching(/must not contain .*`\?` or `#`/) });
});

test("F154 a custom URL may have a port and a path, an @ in it too", async () => {
  const trackUrl = "https://host:8443/proxy/@customerio";
  expect(saved(await open({ allowCustomTrackUrl: true }).create(input({ trackUrl })))).toMatchObject({
    trackUrl,
  });
});

test("of twenty connections of one name created at once one is made", async () => {
  const store = open();
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, n) => store.create(input({ name: n % 2 ? "shop" : "SHOP" }))),
  );
  expect(results.filter(({ ok }) => ok)).toHaveLength(1);
  expect(problems(results.find(({ ok }) => !ok))).toEqual({ name: "Another connection has this name." });
  expect(await store.list()).toHaveLength(1);
});

test("two connections never share a write key", async () => {
  const store = open();
  saved(await store.create(input({ writeKey: "same" })));
  expect(problems(await store.create(input({ name: "Other", writeKey: "same" })))).toEqual({
    writeKey: "Another source has this write key.",
  });
});

test("updates of different fields at the same moment are all kept", async () => {
  const store = open();
  const { id } = saved(await store.create(input()));
  const patches = [
    { name: "New name" },
    { siteId: "site-2" },
    { region: "us" as const },
    { writeKey: "new-key" },
  ];
  for (const result of await Promise.all(patches.map((patch) => store.update(id, patch)))) saved(result);
  expect(await store.get(id)).toMatchObject(Object.assign({}, ...patches));
});

test("a renamed connection frees its name, a changed write key is no longer found", async () => {
  const store = open();
  const { id } = saved(await store.create(input({ writeKey: "old-key" })));
  saved(await store.update(id, { name: "Renamed", writeKey: "new-key" }));
  expect(await store.findSource("old-key")).toBeUndefined();
  expect((await store.findSource("new-key"))?.id).toBe(id);
  saved(await store.create(input()));
});

test("settings given in an update replace all settings, and what is left out has its default again", async () => {
  const store = open();
  const { id } = saved(await store.create(input({ settings: { attempts: 3, limiter: { max: 5 } } })));
  expect((await store.get(id))?.settings).toMatchObject({
    attempts: 3,
    limiter: { max: 5, duration: 1_000 },
  });
  saved(await store.update(id, { settings: { inFlight: 2 } }));
  expect((await store.get(id))?.settings).toMatchObject({ attempts: 8, inFlight: 2, limiter: { max: 100 } });
});

test("a removed connection leaves nothing behind but the version, the format and the installation's mark", async () => {
  const store = open();
  const { id } = saved(await store.create(input()));
  expect(await store.remove(id)).toBe(true);
  expect(await store.remove(id)).toBe(false);
  expect(await store.update(id, { name: "Ghost" })).toBeUndefined();
  expect((await tests.redis.keys("*")).sort()).toEqual([
    "customerio-router:{connections}:format",
    "customerio-router:{connections}:version",
    "customerio-router:{connections}:write-keys",
  ]);
  expect(await tests.redis.hkeys("customerio-router:{connections}:write-keys")).toEqual(["installation"]);
});

test("a connection keeps a setting that only another version knows, and takes no other such", async () => {
  const store = open();
  const { id } = saved(await store.create(input()));
  const { records } = connectionKeys;
  const record = JSON.parse((await tests.redis.hget(records, id)) ?? "");
  const keepCompleted = { jobs: 10, ageMs: 60_000 };
  await tests.redis.hset(records, id, JSON.stringify({ ...record, settings: { keepCompleted } }));
  saved(await store.update(id, { region: "us" }));
  const { settings } = (await store.get(id)) ?? {};
  expect(settings).toMatchObject({ keepCompleted });
  saved(await store.update(id, { settings: { ...settings, inFlight: 2 } }));
  expect((await store.get(id))?.settings).toMatchObject({ keepCompleted, inFlight: 2 });
  for (const changed of [{ keepCompleted: { jobs: 11 } }, { keptCompleted: keepCompleted }]) {
    expect(await store.update(id, { settings: { ...settings, ...changed } })).toMatchObject({ ok: false });
  }
});

test("the version rises with every change and stands still without one", async () => {
  const store = open();
  expect(await store.version()).toBe(0);
  const { id } = saved(await store.create(input()));
  const first = await store.version();
  await store.create(input());
  expect(await store.version()).toBe(first);
  await store.update(id, { apiKey: "track-key-2" });
  await store.remove(id);
  expect(await store.version()).toBe(first + 2);
});
