import { startRedis, waitFor } from "@customerio-router/fixtures";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createConnectionStore, createWriteKeyLookup, type WriteKeyLookup } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();
const open = () => createConnectionStore({ redis: tests.redis, secretKey });

async function answersFromMemory(lookup: WriteKeyLookup, key: string): Promise<boolean> {
  await lookup.find(key);
  const before = await hgets();
  await lookup.find(key);
  return (await hgets()) === before;
}

/** Counts the commands this client sent; what is answered from memory sends none. */
async function hgets(): Promise<number> {
  const calls = /cmdstat_hget:calls=(\d+)/.exec(await tests.redis.info("commandstats"));
  return Number(calls?.[1] ?? 0);
}

test("a known write key is found from memory, and a change is seen at once", async () => {
  const store = open();
  const connection = await store.ensure(input({ writeKey: "key" }));
  await using lookup = createWriteKeyLookup({ store });
  await waitFor(() => answersFromMemory(lookup, "key"), { what: "an answer from memory" });
  expect(await lookup.find("key")).toEqual(connection);
  await store.update(connection.id, { region: "us" });
  await waitFor(async () => (await lookup.find("key"))?.region === "us", { what: "the new region" });
  await store.remove(connection.id);
  await waitFor(async () => (await lookup.find("key")) === undefined, { what: "the removal" });
});

test("an unknown write key is asked for once, and found as soon as its connection is there", async () => {
  const store = open();
  await using lookup = createWriteKeyLookup({ store, unknownMs: 60_000 });
  await waitFor(() => answersFromMemory(lookup, "key"), { what: "an answer from memory" });
  await store.ensure(input({ writeKey: "key" }));
  await waitFor(async () => (await lookup.find("key")) !== undefined, { what: "the new connection" });
});

test("a hundred look-ups of one new key at once ask Redis once", async () => {
  const store = open();
  await store.ensure(input({ writeKey: "key" }));
  await using lookup = createWriteKeyLookup({ store: { ...store, watch: () => store.watch(() => {}) } });
  const before = await hgets();
  const found = await Promise.all(Array.from({ length: 100 }, () => lookup.find("key")));
  expect(found.every((connection) => connection?.name === "Shop")).toBe(true);
  expect((await hgets()) - before).toBe(2);
});

test("guessed keys push no real key out of memory", async () => {
  const store = open();
  await store.ensure(input({ writeKey: "key" }));
  await using lookup = createWriteKeyLookup({
    store: { ...store, watch: () => store.watch(() => {}) },
    maxKnown: 1,
    maxUnknown: 2,
  });
  await lookup.find("key");
  for (let guess = 0; guess < 10; guess++) await lookup.find(`guess-${guess}`);
  const before = await hgets();
  await lookup.find("key");
  expect(await hgets()).toBe(before);
});

test("while Redis is away a key found before is still found, and another one is an error", async () => {
  await using server = await startRedis();
  const redis = new Redis(server.url, { enableOfflineQueue: false, retryStrategy: () => 50 }).on(
    "error",
    () => {},
  );
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  await waitFor(() => redis.status === "ready", { what: "Redis" });
  const store = createConnectionStore({ redis, secretKey });
  await store.ensure(input({ writeKey: "key" }));
  await using lookup = createWriteKeyLookup({ store });
  expect(await lookup.find("key")).toMatchObject({ name: "Shop" });
  await server.kill("SIGKILL");
  expect(await lookup.find("key")).toMatchObject({ name: "Shop" });
  await expect(lookup.find("other")).rejects.toThrow();
});
