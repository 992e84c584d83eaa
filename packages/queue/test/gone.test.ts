import { startRedis } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import {
  askLimiter,
  ConnectionGoneError,
  createBackend,
  createCounts,
  createEnqueuer,
  FencedError,
  forgetConnection,
  openJobQueue,
  startLeases,
  trimRecords,
  welcomeConnection,
  writeRecords,
  writeStatus,
} from "../src/index.ts";

const connectionId = "a";

test("F72 nothing is written of a connection once it was deleted, whoever writes, until it comes back", async () => {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  await redis.ping();
  const leases = startLeases({ redis, onLost: () => {} });
  onTestFinished(() => leases.close());
  const enqueuer = createEnqueuer({ redis });
  const entry = { message: { type: "track", messageId: "m1" } };
  await enqueuer.enqueue(connectionId, [entry]);
  const lease = await leases.acquire(connectionId);
  if (!lease) throw new Error("somebody else holds the lease");
  const queue = openJobQueue({ redis, lease });
  const state = await queue.state();
  const [job] = (await queue.take(state, 1)).jobs;
  if (!job) throw new Error("nothing was taken");

  await forgetConnection({ redis, backend: createBackend(redis), connectionId });
  await expect(enqueuer.enqueue(connectionId, [entry])).rejects.toThrow(ConnectionGoneError);
  const counts = createCounts({ redis });
  counts.add(connectionId, "received", 1);
  counts.sample(connectionId, { jobsWaiting: 1, oldestWaitingMs: 1 });
  await counts[Symbol.asyncDispose]();
  await writeStatus(redis, connectionId, { state: "active" });
  const record = { messageId: "m", jobId: "g", atMs: 1, requests: 0, attempts: [], message: {} };
  await writeRecords(redis, connectionId, [{ ...record, outcome: "delivered" }]);
  await trimRecords(redis, connectionId, { beforeMs: 2, bytes: 0 });
  expect((await askLimiter(redis, connectionId, { max: 5, duration: 1_000 }, 1)).requests).toBe(0);
  expect(await queue.settle(job, { state: "completed", result: 1 })).toBe("gone");
  expect(await queue.settle(job, { state: "active", data: { entries: [] } })).toBe("gone");
  await expect(queue.giveBack()).rejects.toThrow(FencedError);
  await expect(queue.take(state, 1)).rejects.toThrow(FencedError);
  expect(await leases.acquire(connectionId)).toBeUndefined();
  expect(await redis.keys(`*{${connectionId}}*`)).toEqual([`customerio-router:gone:{${connectionId}}`]);

  await welcomeConnection(redis, connectionId);
  await enqueuer.enqueue(connectionId, [entry]);
  expect(await createBackend(redis).queue(connectionId).getWaitingCount()).toBe(1);
});
