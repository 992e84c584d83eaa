import { startRedis } from "@customerio-router/fixtures";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { appendRecords, startCounts, trimRecords, writeStatus } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import {
  askLimiter,
  ConnectionGoneError,
  createBackend,
  createEnqueuer,
  FencedError,
  forgetConnection,
  openJobQueue,
  startLeases,
  welcomeConnection,
} from "../src/index.ts";

const connectionId = "a";

async function open(): Promise<RedisClient> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  await redis.ping();
  return redis;
}

test("F72 nothing is written of a connection once it was deleted, whoever writes, until it comes back", async () => {
  const redis = await open();
  const leases = startLeases({ redis, onLost: () => {} });
  onTestFinished(() => leases.close());
  const enqueuer = createEnqueuer({ redis });
  const entry = { message: { type: "track", messageId: "m1" } };
  await enqueuer.enqueue(connectionId, [entry]);
  const lease = await leases.acquire(connectionId);
  if (!lease) throw new Error("somebody else holds the lease");
  const queue = openJobQueue({ redis, lease });
  const [job] = (await queue.take(1)).jobs;
  if (!job) throw new Error("nothing was taken");

  await forgetConnection({ redis, backend: createBackend(redis), connectionId });
  await expect(enqueuer.enqueue(connectionId, [entry])).rejects.toThrow(ConnectionGoneError);
  const counts = startCounts({ redis });
  counts.add(connectionId, "received", 1);
  counts.sample(connectionId, { messagesWaiting: 1, oldestWaitingMs: 1 });
  await counts[Symbol.asyncDispose]();
  await writeStatus(redis, connectionId, { state: "active" });
  const record = {
    messageId: "m",
    jobId: "g",
    atMs: 1,
    requests: 0,
    attempts: [],
    operations: [],
    message: {},
  };
  await appendRecords(redis, connectionId, [{ ...record, outcome: "delivered" }]);
  await trimRecords(redis, connectionId, { beforeMs: 2, bytes: 0 });
  expect((await askLimiter(redis, connectionId, { max: 5, duration: 1_000 }, 1)).requests).toBe(0);
  expect(await queue.settle(job, { settled: [], traces: "{}", state: "completed", result: 1 })).toBe("gone");
  expect(await queue.settle(job, { settled: [], traces: "{}", state: "active", data: { entries: [] } })).toBe(
    "gone",
  );
  await expect(queue.giveBack()).rejects.toThrow(FencedError);
  await expect(queue.take(1)).rejects.toThrow(FencedError);
  expect(await leases.acquire(connectionId)).toBeUndefined();
  expect(await redis.keys(`*{${connectionId}}*`)).toEqual([`customerio-router:gone:{${connectionId}}`]);

  await welcomeConnection(redis, connectionId);
  await enqueuer.enqueue(connectionId, [entry]);
  expect(await createBackend(redis).queue(connectionId).getWaitingCount()).toBe(1);
});

test("of a forgotten connection nothing is left in Redis, and of the others everything is", async () => {
  const redis = await open();
  const enqueuer = createEnqueuer({ redis });
  const backend = createBackend(redis);
  const leases = startLeases({ redis, onLost: () => {} });
  onTestFinished(() => leases.close());
  for (const id of ["a", "b"]) {
    await enqueuer.enqueue(id, [{ message: { type: "track", messageId: "m1" } }], ["m1"]);
    const lease = await leases.acquire(id);
    if (!lease) throw new Error("somebody else holds the lease");
    const queue = openJobQueue({ redis, lease });
    await queue.take(1);
    await enqueuer.enqueue(id, [{ message: { type: "track", messageId: "m2" } }], ["m2"]);
    const record = {
      messageId: "m",
      jobId: "g",
      atMs: 1,
      requests: 0,
      attempts: [],
      operations: [],
      message: {},
    };
    await appendRecords(redis, id, [{ ...record, outcome: "delivered" }]);
    await writeStatus(redis, id, { state: "active" });
    const counts = startCounts({ redis });
    counts.add(id, "received", 1);
    await counts[Symbol.asyncDispose]();
  }
  const keysOf = async (id: string) => (await redis.keys(`*{${id}}*`)).length;
  const before = await keysOf("b");
  await forgetConnection({ redis, backend, connectionId: "a" });
  expect(await redis.keys("*{a}*")).toEqual(["customerio-router:gone:{a}"]);
  expect(await keysOf("b")).toBe(before);
});
