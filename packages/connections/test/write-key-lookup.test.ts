import { startRedis, waitFor } from "@customerio-router/fixtures";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createConnectionStore, type KnownSources, startWriteKeyLookup } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();
const open = () => createConnectionStore({ redis: tests.redis, secretKey });

/** Counts commands; what is answered from memory sends none. */
async function commands(name: "hget" | "hgetall"): Promise<number> {
  const stats = await tests.redis.info("commandstats");
  return Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

/** A store on a server of its own, which may be killed. */
async function openApart() {
  const server = await startRedis();
  const redis = new Redis(server.url, { enableOfflineQueue: false, retryStrategy: () => 50 });
  redis.on("error", () => {});
  await waitFor(() => redis.status === "ready", { what: "Redis" });
  const store = createConnectionStore({ redis, secretKey });
  return {
    server,
    store,
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await server[Symbol.asyncDispose]();
    },
  };
}

test("write keys are found from memory, and a change is seen at once", async () => {
  const store = open();
  const { id } = await store.ensure(input({ writeKey: "key" }));
  await using lookup = startWriteKeyLookup({ store });
  await waitFor(() => lookup.knows("key"), { what: "the write keys" });
  const before = await commands("hget");
  for (let call = 0; call < 100; call++) expect(await lookup.find("key")).toMatchObject({ id });
  expect(await commands("hget")).toBe(before);
  await store.update(id, { writeKey: "other" });
  await waitFor(async () => (await lookup.find("other"))?.id === id, { what: "the new key" });
  await waitFor(async () => (await lookup.find("key")) === undefined, { what: "the end of the old key" });
  await store.remove(id);
  await waitFor(async () => (await lookup.find("other")) === undefined, { what: "the removal" });
});

test("F32 an unknown write key is asked for once, and found as soon as its connection is there", async () => {
  const store = open();
  await using lookup = startWriteKeyLookup({ store, unknownMs: 60_000 });
  expect(await lookup.find("key")).toBeUndefined();
  await waitFor(
    async () => {
      const before = await commands("hget");
      await lookup.find("key");
      return (await commands("hget")) === before;
    },
    { what: "an answer from memory" },
  );
  const { id } = await store.ensure(input({ writeKey: "key" }));
  await waitFor(async () => (await lookup.find("key"))?.id === id, { what: "the new connection" });
});

test("a connection that was just made is found before any news of it", async () => {
  const store = open();
  const quiet = { close: async () => {}, [Symbol.asyncDispose]: async () => {} };
  await using lookup = startWriteKeyLookup({ store: { ...store, watch: () => quiet } });
  expect(await lookup.find("nobody's")).toBeUndefined();
  const { id } = await store.ensure(input({ writeKey: "key" }));
  expect(await lookup.find("key")).toMatchObject({ id });
});

test("F6 while Redis is away a known write key is still found, and another one is an error", async () => {
  await using apart = await openApart();
  const { id } = await apart.store.ensure(input({ writeKey: "key" }));
  await using lookup = startWriteKeyLookup({ store: apart.store });
  await waitFor(() => lookup.knows("key"), { what: "the write keys" });
  await apart.server.kill("SIGKILL");
  expect(await lookup.find("key")).toMatchObject({ id });
  await expect(lookup.find("other")).rejects.toThrow();
});

test("F6 a process that begins while Redis is away goes on with what a former one was told", async () => {
  await using apart = await openApart();
  const { id } = await apart.store.ensure(input({ writeKey: "key" }));
  let told: KnownSources = { writeKeys: [], routes: [] };
  await using former = startWriteKeyLookup({
    store: apart.store,
    onRead: (sources) => {
      told = sources;
    },
  });
  await waitFor(() => told.writeKeys.length === 1, { what: "the write keys" });
  expect(JSON.stringify(told)).not.toContain("key");
  await former.close();
  await apart.server.kill("SIGKILL");

  await using lookup = startWriteKeyLookup({ store: apart.store, formerly: told });
  expect(await lookup.find("key")).toMatchObject({ id });
  await expect(lookup.find("other")).rejects.toThrow();
  await apart.server.restart();
  await waitFor(async () => (await lookup.find("other")) === undefined, { what: "Redis to be asked" });
  await apart.store.remove(id);
  await waitFor(async () => (await lookup.find("key")) === undefined, { what: "the removal" });
});

test("F9 while Redis is frozen a known write key is found in good time, whatever changed before", async () => {
  await using apart = await openApart();
  await apart.store.ensure(input({ writeKey: "key" }));
  let changed = () => {};
  const watch: typeof apart.store.watch = (onChange) => {
    changed = onChange;
    return apart.store.watch(() => {});
  };
  await using lookup = startWriteKeyLookup({ store: { ...apart.store, watch } });
  await waitFor(() => lookup.knows("key"), { what: "the write keys" });
  apart.server.freeze();
  changed();
  const askedAt = performance.now();
  expect(await lookup.find("key")).toBeDefined();
  expect(performance.now() - askedAt).toBeLessThan(1_400);
  apart.server.thaw();
});

test("F294 an older copy of Redis is put back: what it does not have yet counts as lost, until it is made again", async () => {
  const store = open();
  const { redis } = tests;
  const former = await store.ensure(input({ name: "Former", writeKey: "former" }));
  const keys = await redis.keys("customerio-router:{connections}:*");
  const copies = await Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const));
  const latter = await store.ensure(input({ name: "Latter", writeKey: "latter" }));
  let kept: KnownSources | undefined;
  const lookup = startWriteKeyLookup({
    store,
    onRead(sources) {
      kept = sources;
    },
  });
  await waitFor(() => lookup.knows("latter"), { what: "the write keys" });
  await lookup.close();
  for (const [key, copy] of copies) await redis.restore(key, 0, copy as Buffer, "REPLACE");

  // An intake that starts now knows from its spool what it knew.
  await using next = startWriteKeyLookup({ store, formerly: kept });
  await waitFor(() => next.isRead, { what: "the copy to be read" });
  expect(next.missing()).toEqual([latter.id]);
  expect(await next.find("latter")).toMatchObject({ connections: [latter.id] });
  expect(await next.find("former")).toMatchObject({ connections: [former.id] });
  const again = await store.ensure(input({ name: "Latter", writeKey: "latter" }));
  await waitFor(() => next.missing().length === 0, { what: "nothing to be missing" });
  expect(await next.find("latter")).toMatchObject({ connections: [again.id] });
  await store.remove(former.id);
  await waitFor(async () => (await next.find("former")) === undefined, { what: "a removal to count again" });
});
