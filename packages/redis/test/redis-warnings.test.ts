import { startRedis, startRedisPair, waitFor } from "@customerio-router/fixtures";
import { expect, onTestFinished, test } from "vitest";
import { connectRedis, findRedisWarnings } from "../src/index.ts";

async function open(url: string) {
  const redis = connectRedis({ url, profile: "consumer" });
  onTestFinished(() => redis.disconnect());
  await redis.ping();
  return redis;
}

test("a Redis over 80 % of its maxmemory is warned of, with the share, until it has room", async () => {
  await using server = await startRedis({ maxmemory: "20mb" });
  const redis = await open(server.url);
  expect(await findRedisWarnings(redis)).toEqual([]);
  const fillers = Array.from({ length: 16 }, (_, index) => `filler${index}`);
  for (const filler of fillers) await redis.set(filler, Buffer.alloc(1_000_000));
  expect(await findRedisWarnings(redis)).toEqual([
    expect.stringMatching(
      /^Redis uses (8\d|9\d) % of its maxmemory: intakes stop adding at 80 %\. Give it more memory\.$/,
    ),
  ]);
  await redis.del(...fillers);
  expect(await findRedisWarnings(redis)).toEqual([]);
});

test("F219 a replica that is frozen is warned of once it lags, and no more when it has caught up", async () => {
  await using pair = await startRedisPair();
  const redis = await open(pair.url);
  expect(await findRedisWarnings(redis)).toEqual([]);
  pair.replica.freeze();
  try {
    const warning = expect.stringMatching(/^1 of 1 replicas of Redis lag more than 10 s behind/);
    await waitFor(async () => (await findRedisWarnings(redis)).length > 0, {
      what: "the warning",
      timeoutMs: 30_000,
    });
    expect(await findRedisWarnings(redis)).toEqual([warning]);
  } finally {
    pair.replica.thaw();
  }
  await waitFor(async () => (await findRedisWarnings(redis)).length === 0, { what: "the end of it" });
}, 60_000);
