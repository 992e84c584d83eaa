import { expect, test } from "vitest";
import { createConnectionStore, InvalidConnectionError, rekeyLost } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();
const open = (more = {}) => createConnectionStore({ redis: tests.redis, secretKey, ...more });

test("intake and worker that ensure the same connection at once make one, with one id and one write key", async () => {
  const made = await Promise.all(Array.from({ length: 12 }, () => open().ensure(input())));
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect(new Set(made.map(({ writeKey }) => writeKey)).size).toBe(1);
  const version = await open().version();
  await open().ensure(input());
  expect(await open().version()).toBe(version);
  expect(await open().list()).toEqual([made[0]]);
});

test("the id comes from the name, whatever its case, in an empty Redis as well", async () => {
  const { id } = await open().ensure(input());
  await tests.redis.flushall();
  expect(await open().ensure(input({ name: " SHOP " }))).toMatchObject({ id, name: "SHOP" });
});

test("what is the same changes nothing; a changed key, region, write key or setting is taken over", async () => {
  const store = open();
  const first = await store.ensure(input({ writeKey: "key-1" }));
  const version = await store.version();
  await store.ensure(input({ writeKey: "key-1" }));
  await store.ensure(input());
  expect(await store.version()).toBe(version);
  await store.ensure(input({ apiKey: "track-key-2" }));
  expect(await store.apiKeyOf(first.id)).toBe("track-key-2");
  await store.ensure(
    input({ apiKey: "track-key-2", region: "us", writeKey: "key-2", settings: { attempts: 3 } }),
  );
  expect(await store.version()).toBe(version + 2);
  expect(await store.get(first.id)).toMatchObject({
    region: "us",
    writeKey: "key-2",
    settings: { attempts: 3 },
  });
  expect(await store.findSource("key-1")).toBeUndefined();
});

test("a connection of that name from the dashboard is taken over with its id", async () => {
  const store = open();
  const created = await store.create(input({ name: "shop" }));
  const ensured = await store.ensure(input({ siteId: "site-2" }));
  expect(created).toMatchObject({ ok: true, connection: { id: ensured.id } });
  expect(await store.list()).toEqual([ensured]);
});

test("a custom URL that left the environment is taken back", async () => {
  const store = open({ allowCustomTrackUrl: true });
  expect(await store.ensure(input({ trackUrl: "http://127.0.0.1:1" }))).toHaveProperty("trackUrl");
  expect(await store.ensure(input())).not.toHaveProperty("trackUrl");
});

test("without SECRET_KEY the API key stays in the process, and a sealed one stays as it is", async () => {
  const keyless = open({ secretKey: undefined });
  const { id } = await keyless.ensure(input());
  expect(await keyless.apiKeyOf(id)).toBe("track-key-1");
  await expect(open().apiKeyOf(id)).rejects.toThrow("No API Key is stored");
  await open().ensure(input());
  await keyless.ensure(input());
  expect(await open().apiKeyOf(id)).toBe("track-key-1");
});

test("F39: an API key is sealed anew from the environment once a lost SECRET_KEY was given up, not before", async () => {
  const { id } = await open({ secretKey: "lost" }).ensure(input());
  await open().ensure(input());
  expect(await open({ secretKey: "lost" }).apiKeyOf(id)).toBe("track-key-1");
  expect(await rekeyLost({ redis: tests.redis, secretKey })).toEqual([id]);
  await open().ensure(input());
  expect(await open().apiKeyOf(id)).toBe("track-key-1");
});

test("an environment that describes no possible connection is refused with every problem", async () => {
  await open().create(input({ name: "Other", writeKey: "taken" }));
  await expect(open().ensure(input({ writeKey: "taken" }))).rejects.toThrow(
    "writeKey: Another source has this write key.",
  );
  const failure = await open()
    .ensure(input({ siteId: "", trackUrl: "http://h" }))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InvalidConnectionError);
  expect(failure).toMatchObject({ problems: [{ field: "siteId" }, { field: "trackUrl" }] });
});
