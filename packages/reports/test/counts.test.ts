import { startRedis } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { readCounts, startCounts } from "../src/index.ts";

async function open() {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  await redis.ping();
  return { server, redis };
}

test("what several processes count in a minute is added up, by connection and name", async () => {
  const { redis } = await open();
  const one = startCounts({ redis });
  const other = startCounts({ redis });
  one.add("a", "received", 3);
  one.add("a", "received", 4);
  one.add("b", "received", 100);
  other.add("a", "received", 5);
  other.add("a", "requests-2xx", 1);
  other.sample("a", { messagesWaiting: 7, oldestWaitingMs: 900 });
  await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
  const minutes = await readCounts(redis, "a", Date.now() - 3_600_000);
  expect(minutes).toHaveLength(61);
  const sum = (name: "received" | "requests-2xx") => minutes.reduce((all, minute) => all + minute[name], 0);
  expect([sum("received"), sum("requests-2xx")]).toEqual([12, 1]);
  expect(minutes.find(({ backlog }) => backlog)?.backlog).toEqual({
    messagesWaiting: 7,
    oldestWaitingMs: 900,
  });
});

test("counts that Redis could not take are written when it is back", async () => {
  const { server, redis } = await open();
  const producer = connectRedis({ url: server.url, profile: "producer" });
  onTestFinished(() => void producer.disconnect());
  const errors: unknown[] = [];
  const counts = startCounts({ redis: producer, onError: (error) => errors.push(error) });
  await server.kill("SIGKILL");
  counts.add("a", "received", 3);
  await expect.poll(() => errors.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await server.restart();
  const received = async () =>
    (await readCounts(redis, "a", Date.now() - 120_000)).reduce((sum, minute) => sum + minute.received, 0);
  await expect.poll(received, { timeout: 30_000 }).toBe(3);
  await counts[Symbol.asyncDispose]();
});
