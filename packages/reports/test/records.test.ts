import { startRedis } from "@customerio-router/fixtures";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  appendRecords,
  findRecords,
  listRecords,
  type MessageRecord,
  recordBytes,
  recordedSinceMs,
  removeRecords,
  trimRecords,
} from "../src/index.ts";

async function open(): Promise<RedisClient> {
  const server = await startRedis({ maxmemory: "2gb" });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  return redis;
}

function record(number: number, more: Partial<MessageRecord> = {}): MessageRecord {
  const messageId = `message-${number}`;
  const message = { type: "track", messageId, userId: `user-${number}`, event: "Clicked Button" };
  return {
    messageId,
    jobId: "g1",
    atMs: 1_000 + number,
    outcome: "delivered",
    requests: 1,
    attempts: [],
    operations: [],
    message,
    ...more,
  };
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe("records of what became of messages", () => {
  test("a message is found by its id, with all that became of it, newest first", async () => {
    const redis = await open();
    const rejection = { reason: "refused-by-customerio", message: "no" };
    await appendRecords(redis, "a", [record(1), record(2, { outcome: "rejected", rejection }), record(3)]);
    await appendRecords(
      redis,
      "a",
      numbers(50, 10).map((number) => record(number)),
    );
    await appendRecords(redis, "a", [record(2, { atMs: 9_000 })]);
    await appendRecords(redis, "b", [record(2, { atMs: 9_999 })]);
    expect(await findRecords(redis, "a", "message-2")).toEqual([
      record(2, { atMs: 9_000 }),
      record(2, { outcome: "rejected", rejection }),
    ]);
    expect(await findRecords(redis, "a", "message-4")).toEqual([]);
    expect(await recordedSinceMs(redis, "a")).toBe(1_001);
  });

  test("they are listed newest first, page by page, and what came since can be asked for", async () => {
    const redis = await open();
    for (const group of numbers(25))
      await appendRecords(redis, "a", [record(2 * group), record(2 * group + 1)]);
    const first = await listRecords(redis, "a", { limit: 10 });
    expect(first.records.map(({ atMs }) => atMs - 1_000)).toEqual(numbers(10, 40).toReversed());
    const second = await listRecords(redis, "a", { limit: 1_000, before: first.next });
    expect(second.records.map(({ atMs }) => atMs - 1_000)).toEqual(numbers(40).toReversed());
    expect(second.next).toBeUndefined();
    await appendRecords(redis, "a", [record(77)]);
    const since = await listRecords(redis, "a", { limit: 10, after: first.latest });
    expect(since.records).toEqual([record(77)]);
  });

  test("beyond their size or age the oldest go first, and the count of bytes stays right", async () => {
    const redis = await open();
    for (const group of numbers(300)) await appendRecords(redis, "a", [record(group)]);
    const all = await recordBytes(redis, "a");
    await trimRecords(redis, "a", { beforeMs: 0, bytes: all / 2 });
    const half = await recordBytes(redis, "a");
    expect(half).toBeLessThanOrEqual(all / 2);
    expect(half).toBeGreaterThan(all / 2 - 2_000);
    expect(await findRecords(redis, "a", "message-10")).toEqual([]);
    expect(await findRecords(redis, "a", "message-299")).toHaveLength(1);
    await trimRecords(redis, "a", { beforeMs: 1_298, bytes: all });
    expect((await listRecords(redis, "a", { limit: 100 })).records).toHaveLength(2);
    await trimRecords(redis, "a", { beforeMs: 5_000, bytes: all });
    expect(await recordBytes(redis, "a")).toBe(0);
  });

  test("their bytes are about what Redis needs for them", async () => {
    const redis = await open();
    const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
    const before = await used();
    for (const group of numbers(1_000))
      await appendRecords(
        redis,
        "a",
        numbers(5, group * 5).map((number) => record(number)),
      );
    const took = (await used()) - before;
    const counted = await recordBytes(redis, "a");
    expect(counted / took).toBeGreaterThan(0.7);
    expect(counted / took).toBeLessThan(1.5);
    await removeRecords(redis, "a");
    expect(await recordedSinceMs(redis, "a")).toBeUndefined();
  });
});
