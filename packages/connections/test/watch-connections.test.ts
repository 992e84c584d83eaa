import { startRedis, waitFor } from "@customerio-router/fixtures";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createConnectionStore } from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();
const open = () => createConnectionStore({ redis: tests.redis, secretKey });

/** Watches and notes what it is told; "all" where it is told no id. */
async function watching(store: ReturnType<typeof open>) {
  const told: string[] = [];
  const watch = store.watch((id) => told.push(id ?? "all"));
  await waitFor(() => told.length === 1, { what: "the watch to be told 1 things" });
  return { told, watch, [Symbol.asyncDispose]: watch[Symbol.asyncDispose] };
}

test("who watches is told to look at all at first and with the first connection, then the id of each change", async () => {
  await using watch = await watching(open());
  const { id } = await open().ensure(input());
  await open().update(id, { region: "us" });
  await open().remove(id);
  await waitFor(() => watch.told.length === 4, { what: "the watch to be told 4 things" });
  expect(watch.told).toEqual(["all", "all", id, id]);
});

test("who closed its watch is told nothing more", async () => {
  const closed = await watching(open());
  await closed.watch.close();
  await using watch = await watching(open());
  await open().ensure(input());
  await waitFor(() => watch.told.length === 2, { what: "the watch to be told 2 things" });
  expect(closed.told).toEqual(["all"]);
});

test("a change whose news was lost is noticed", async () => {
  await using watch = await watching(open());
  await tests.redis.incr("customerio-router:{connections}:version");
  await open().ensure(input());
  await waitFor(() => watch.told.length === 2, { what: "the watch to be told 2 things" });
  expect(watch.told).toEqual(["all", "all"]);
});

test("a watch begun while Redis is away, and one that lives through a restart, go on by themselves", async () => {
  await using server = await startRedis();
  await server.kill("SIGKILL");
  const options = { enableOfflineQueue: false, commandTimeout: 200, retryStrategy: () => 50 };
  const redis = new Redis(server.url, options).on("error", () => {});
  await using _ = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  const store = createConnectionStore({ redis, secretKey });
  const told: string[] = [];
  await using _watch = store.watch((id) => told.push(id ?? "all"));
  await server.restart();
  await waitFor(() => told.length === 1, { what: "the watch to be told 1 things" });
  const { id } = await store.ensure(input());
  await waitFor(() => told.length === 2, { what: "the watch to be told 2 things" });
  await server.kill("SIGKILL");
  await server.restart();
  await waitFor(() => redis.status === "ready", { what: "Redis to be back" });
  await store.update(id, { region: "us" });
  await waitFor(() => told.length === 3, { what: "the watch to be told 3 things" });
  expect(told[0]).toBe("all");
});

test("F136 of a backup that comes back key by key, the version first, all is noticed", async () => {
  const { redis } = tests;
  await open().create(input());
  await using watch = await watching(open());
  const all = await redis.keys("customerio-router:{connections}:*");
  const keys = all.filter((key) => !key.endsWith(":format"));
  const isVersion = (key: string) => key.endsWith(":version");
  const versionFirst = keys.toSorted((one, other) => Number(isVersion(other)) - Number(isVersion(one)));
  const backup = await Promise.all(
    versionFirst.map(async (key) => ({ key, dump: await redis.dumpBuffer(key) })),
  );
  await redis.flushall();
  await waitFor(() => watch.told.length === 2, { what: "the loss to be told" });
  for (const [index, { key, dump }] of backup.entries()) {
    await redis.restore(key, 0, dump);
    await waitFor(() => watch.told.length >= 3 + index, { what: `${key} to be told` });
  }
  expect(keys).toHaveLength(5);
  expect(watch.told).toEqual(Array(7).fill("all"));
});
