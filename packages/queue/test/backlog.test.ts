import { startRedis, waitFor } from "@customerio-router/fixtures";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { createBackend, estimateBacklogBytes, watchBacklogs } from "../src/index.ts";

async function open(): Promise<RedisClient> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  return redis;
}

async function fill(redis: RedisClient, connectionId: string, jobs: number, bytes: number): Promise<void> {
  const job = { name: "x", data: { entries: [{ message: "x".repeat(bytes) }] } };
  await createBackend(redis)
    .queue(connectionId)
    .addBulk(Array.from({ length: jobs }, () => job));
}

test("a backlog is estimated at about what Redis needs for it", async () => {
  const redis = await open();
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
  await fill(redis, "b", 1, 10);
  const before = await used();
  await fill(redis, "a", 300, 2_000);
  await fill(redis, "a", 300, 6_000);
  const took = (await used()) - before;
  const estimated = await estimateBacklogBytes(redis, "a");
  expect(estimated / took).toBeGreaterThan(0.7);
  expect(estimated / took).toBeLessThan(1.3);
  expect(await estimateBacklogBytes(redis, "nothing")).toBe(0);
});

test("a connection over its bound is told so, and that one alone, until its backlog has shrunk", async () => {
  const redis = await open();
  const watch = watchBacklogs({ redis, boundOf: async (id) => (id === "by-default" ? null : 50_000) });
  onTestFinished(() => watch[Symbol.dispose]());
  await fill(redis, "a", 100, 1_000);
  await fill(redis, "b", 3, 1_000);
  await fill(redis, "by-default", 100, 1_000);
  expect(watch.isOver("a")).toBe(false);
  await waitFor(() => watch.isOver("a"), { what: "the bound to be noticed" });
  expect(watch.isOver("b")).toBe(false);
  expect(watch.isOver("by-default")).toBe(false);
  await redis.config("SET", "maxmemory", "200000");
  await waitFor(() => watch.isOver("by-default"), { what: "half of maxmemory to be noticed" });
  await redis.config("SET", "maxmemory", "100000000");
  await createBackend(redis).queue("a").drain();
  await waitFor(() => !watch.isOver("a"), { what: "room to be noticed" });
});
