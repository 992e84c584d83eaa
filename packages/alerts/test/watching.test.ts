import { createConnectionStore } from "@customerio-router/connections";
import { startReceiver, startRedisCluster, waitFor } from "@customerio-router/fixtures";
import { countWorkers } from "@customerio-router/queue";
import { connectRedis, isReady, ledgerKeys, type RedisClient } from "@customerio-router/redis";
import { dayMs, dayOf, readHours } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { createAlertStore, readHistory, startWatching } from "../src/index.ts";
import { redisForTests, secretKey } from "./redis-for-tests.ts";

const context = redisForTests();

function watch(redis: RedisClient) {
  const errors: unknown[] = [];
  const store = createConnectionStore({ redis, secretKey });
  const watching = startWatching({
    redis,
    store,
    secretKey,
    archiveCutMs: undefined,
    onError: (error) => errors.push(error),
  });
  return { store, errors, [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() };
}

async function addChannel(redis: RedisClient, url: string): Promise<void> {
  const store = createAlertStore({ redis, secretKey });
  await store.saveSettings({ holdMs: 1_000, off: ["no-intake", "redis-unsafe"] });
  const created = await store.createChannel({ kind: "webhook", name: "Pager", url });
  if (!created.ok) throw new Error(JSON.stringify(created.problems));
}

test("F236: without a channel one number is read, and nothing is written", async () => {
  const { redis } = context;
  await using _watching = watch(redis);
  await redis.config("RESETSTAT");
  const commands = async () =>
    [...(await redis.info("commandstats")).matchAll(/cmdstat_([\w|]+):calls=(\d+)/g)].map(
      ([, name, calls]) => [name, Number(calls)] as const,
    );
  await waitFor(async () => (await commands()).some(([name, calls]) => name === "get" && calls >= 2), {
    what: "two looks",
  });
  const names = (await commands()).map(([name]) => name);
  expect(names.filter((name) => name !== "info" && name !== "config|resetstat")).toEqual(["get"]);
});

test("F237: a condition of many connections is one alert that names some", async () => {
  const { redis } = context;
  await using receiver = await startReceiver();
  await using watching = watch(redis);
  for (let index = 0; index < 25; index += 1) {
    await watching.store.create({ name: `Shop ${index}`, siteId: "s", apiKey: "k", region: "us" });
  }
  // It is alive, and owns none.
  await using alive = new AsyncDisposableStack();
  const timer = setInterval(() => void countWorkers(redis, "a worker"), 500);
  alive.defer(() => clearInterval(timer));
  await countWorkers(redis, "a worker");
  await addChannel(redis, receiver.url);
  await waitFor(() => receiver.received.length > 0, { what: "the alert" });
  const { data } = JSON.parse(receiver.received[0]?.body ?? "");
  expect(data).toMatchObject({ condition: "no-owner", alerts: { length: 25 } });
  expect(data.connections).toMatch(/^Shop 0, .* and 5 more$/);
  expect(watching.errors).toEqual([]);
});

test("F239: while Redis is full, alerts are found, told, and told to be over", async () => {
  const { redis } = context;
  await using receiver = await startReceiver();
  await addChannel(redis, receiver.url);
  const { days, dayPrefix } = ledgerKeys("shop");
  await redis.hset(days, String(dayOf(Date.now())), "");
  await redis.hset(`${dayPrefix}${dayOf(Date.now())}`, "5:received", 1);
  await redis.config("SET", "maxmemory", "1");
  await using restoring = new AsyncDisposableStack();
  restoring.defer(async () => void (await redis.config("SET", "maxmemory", "256mb")));
  expect(await readHours(redis, "shop", { fromMs: Date.now() - dayMs, toMs: Date.now() })).toHaveLength(25);
  await using watching = watch(redis);
  const told = () =>
    receiver.received
      .map(({ body }) => JSON.parse(body))
      .filter(({ data }) => data.condition === "redis-full")
      .map(({ type }) => type);
  await waitFor(() => told().length > 0, { what: "the alert" });
  await redis.config("SET", "maxmemory", "256mb");
  await waitFor(() => told().length > 1, { what: "its end" });
  expect(told()).toEqual(["alert.begun", "alert.over"]);
  expect(watching.errors).toEqual([]);
});

test("a Redis Cluster keeps alerts as a single Redis does", async () => {
  await using cluster = await startRedisCluster();
  const redis = connectRedis({ url: cluster.url, profile: "consumer" });
  await using _client = { [Symbol.asyncDispose]: async () => redis.disconnect() };
  await waitFor(() => isReady(redis), { what: "the cluster" });
  await using receiver = await startReceiver();
  await using watching = watch(redis);
  await addChannel(redis, receiver.url);
  await waitFor(async () => (await readHistory(redis))[0]?.deliveries[0]?.delivery.state === "delivered", {
    what: "an alert",
  });
  expect(JSON.parse(receiver.received[0]?.body ?? "").data.condition).toBe("no-worker");
  expect(watching.errors).toEqual([]);
});
