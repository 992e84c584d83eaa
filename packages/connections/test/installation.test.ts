import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import {
  createConnectionStore,
  rekey,
  rekeyLost,
  requireSecretKey,
  startWriteKeyLookup,
  WrongSecretKeyError,
} from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();
const open = () => createConnectionStore({ redis: tests.redis, secretKey });
const writeKeys = "customerio-router:{connections}:write-keys";
const readMark = () => tests.redis.hget(writeKeys, "installation");

test("F107 the data of an earlier version is marked, by processes that start at once with one mark, and nothing counts as lost", async () => {
  const { id } = await open().ensure(input({ writeKey: "key" }));
  await tests.redis.hdel(writeKeys, "installation");
  const readings = await Promise.all(Array.from({ length: 8 }, () => open().readWriteKeys()));
  const mark = await readMark();
  expect(mark).toMatch(/^[0-9a-f]{32} ./);
  expect(new Set(readings.map((reading) => reading.mark))).toEqual(new Set([mark]));

  const formerly = { writeKeys: readings[0]?.writeKeys ?? [], routes: [] };
  await tests.redis.hdel(writeKeys, "installation");
  const losses: string[][] = [];
  const options = { store: open(), formerly, onLoss: (missing: string[]) => void losses.push(missing) };
  await using lookup = startWriteKeyLookup(options);
  await waitFor(() => lookup.isComplete, { what: "the write keys" });
  expect(await lookup.find("key")).toMatchObject({ id });
  expect(losses).toEqual([]);
});

test("F107 processes that make the first connections of an empty Redis at once agree on the mark", async () => {
  const readings = await Promise.all(
    Array.from({ length: 8 }, async (_, number) => {
      await open().ensure(input({ name: `Shop ${number}` }));
      return open().readWriteKeys();
    }),
  );
  expect(new Set(readings.map(({ mark }) => mark))).toEqual(new Set([await readMark()]));
});

test("F103 write keys that were evicted are made again from the connections, and nothing counts as lost", async () => {
  const store = open();
  const { id } = await store.ensure(input({ writeKey: "key" }));
  await using lookup = startWriteKeyLookup({ store });
  await waitFor(() => lookup.isComplete, { what: "the write keys" });
  await tests.redis.del(writeKeys);
  await store.create(input({ name: "Other", writeKey: "other" }));
  await waitFor(() => lookup.knows("other"), { what: "the write keys to be read" });
  expect(await store.findSource("key")).toMatchObject({ id });
  expect(lookup.isComplete).toBe(true);
  expect(await readMark()).not.toBeNull();
});

test("F103 connections that alone were evicted count as lost: their write keys stay known, and can be used again", async () => {
  const store = open();
  const { id } = await store.ensure(input({ writeKey: "key" }));
  await using lookup = startWriteKeyLookup({ store });
  await waitFor(() => lookup.isComplete, { what: "the write keys" });
  await tests.redis.del("customerio-router:{connections}:records");
  expect(await lookup.confirm(id)).toBe(false);
  await waitFor(() => lookup.isMissing(id), { what: "the loss to be noticed" });
  expect(await lookup.find("key")).toMatchObject({ id });
  expect(lookup.isComplete).toBe(false);
  const again = await store.create(input({ writeKey: "key" }));
  if (!again.ok) throw new Error(JSON.stringify(again.problems));
  await waitFor(() => lookup.isComplete, { what: "the new connection" });
  expect(lookup.movedTo(id)).toBe(again.connection.id);
});

test("F102 a connection that is made again with another write key has its former one too, until it is deleted", async () => {
  const store = open();
  const { id, writeKey } = await store.ensure(input());
  await using lookup = startWriteKeyLookup({ store });
  await waitFor(() => lookup.isComplete, { what: "the write keys" });
  await tests.redis.flushall();
  expect(await lookup.confirm(id)).toBe(false);
  await waitFor(() => lookup.isEmptied, { what: "the loss to be noticed" });
  const again = await store.ensure(input());
  expect(again.writeKey).not.toBe(writeKey);
  await waitFor(() => lookup.knows(again.writeKey), { what: "the new write key" });
  expect(lookup.isComplete).toBe(true);
  expect(await lookup.find(writeKey)).toMatchObject({ id });
  await store.remove(id);
  await waitFor(() => lookup.isMissing(id), { what: "the removal" });
  lookup.forget(id);
  expect(lookup.isComplete).toBe(true);
  expect(await lookup.find(writeKey)).toBeUndefined();
});

test("F109 a SECRET_KEY that sealed no API key is not this installation's, before rekey and after it", async () => {
  const { redis } = tests;
  const [right, wrong] = ["the right secret key", "the wrong secret key"];
  await expect(requireSecretKey(redis, wrong)).resolves.toBeUndefined();
  const ours = createConnectionStore({ redis, secretKey: right });
  const { id } = await ours.ensure(input());
  await requireSecretKey(redis, right);
  await expect(requireSecretKey(redis, wrong)).rejects.toThrow(WrongSecretKeyError);
  const mark = await readMark();
  await rekey({ redis, oldSecretKey: right, secretKey: wrong });
  await requireSecretKey(redis, wrong);
  await expect(requireSecretKey(redis, right)).rejects.toThrow(/made by .*rekey -- --lost/);
  expect(await rekeyLost({ redis, secretKey: right })).toEqual([id]);
  await requireSecretKey(redis, right);
  await expect(ours.apiKeyOf(id)).rejects.toThrow("No API Key is stored");
  expect(await readMark()).toBe(mark);
});
