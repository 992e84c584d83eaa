import { startRedisCluster, waitFor } from "@customerio-router/fixtures";
import type { Entry } from "@customerio-router/messages";
import { connectRedis, mastersOf } from "@customerio-router/redis";
import { appendRecords, startCounts, trimRecords, writeStatus } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import {
  askLimiter,
  createBackend,
  createEnqueuer,
  estimateBacklogBytes,
  forgetConnection,
  openJobQueue,
  startLeases,
  trimFailed,
} from "../src/index.ts";

function entry(messageId: string): Entry {
  return { message: { type: "track", messageId, userId: "u", event: "E" } };
}

test("F77 every script of ours does its work on a Cluster, for connections in slots of different masters", async () => {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  const redis = connectRedis({ url: cluster.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  await waitFor(() => redis.status === "ready", { what: "the cluster" });
  const backend = createBackend(redis);
  const leases = startLeases({ redis, onLost: () => {} });
  onTestFinished(() => leases.close());
  const enqueuer = createEnqueuer({ redis });
  /** Of this connection, on all masters. */
  const keysOf = async (id: string) => {
    const masters = mastersOf(redis);
    return (await Promise.all(masters.map((node) => node.keys(`*{${id}}*`)))).flat();
  };

  for (const id of ["a", "b", "c"]) {
    // Added with ids: what comes again is kept once.
    for (const name of ["m1", "m2", "m3", "m1", "m4"]) await enqueuer.enqueue(id, [entry(name)], [name]);
    const bull = backend.queue(id);
    expect(await bull.getWaitingCount()).toBe(4);
    expect(await estimateBacklogBytes(redis, id)).toBeGreaterThan(0);

    // Taken, given back all but what is kept, and taken again in the old order.
    const lease = await leases.acquire(id);
    if (!lease) throw new Error("somebody else holds the lease");
    const queue = openJobQueue({ redis, lease });
    const take = async (count: number) => (await queue.take(count)).jobs;
    const taken = await take(4);
    const [first, second] = taken;
    if (!first || !second) throw new Error("too few were taken");
    expect(await queue.giveBack(new Set([first.id]))).toBe(3);
    expect((await take(4)).map((job) => job.id)).toEqual(taken.slice(1).map((job) => job.id));

    // A lease that was lost is restored.
    await redis.del(`customerio-router:lease:{${id}}`);
    await waitFor(async () => (await redis.get(`customerio-router:lease:{${id}}`)) === lease.token, {
      what: "the lease to be restored",
    });
    expect(await queue.settle(first, { settled: [], traces: "{}", state: "completed", result: null })).toBe(
      "settled",
    );
    expect(
      await queue.settle(second, {
        settled: [],
        traces: "{}",
        state: "failed",
        entries: [entry("m2")],
        reason: "no",
      }),
    ).toBe("settled");
    expect(await queue.giveBack()).toBe(2);

    // Trimmed.
    expect(await trimRecords(redis, id, { beforeMs: 0, bytes: 0 })).toBe(0);
    expect(await trimFailed({ redis, connectionId: id, bounds: { messages: 0, bytes: 0, ageMs: 1e9 } })).toBe(
      1,
    );
    expect(await bull.getJobCounts("completed", "failed", "waiting")).toEqual({
      completed: 0,
      failed: 0,
      waiting: 2,
    });

    // What else is kept of a connection.
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
    expect((await askLimiter(redis, id, { max: 5, duration: 1_000 }, 1)).requests).toBe(1);
    const counts = startCounts({ redis });
    counts.add(id, "received", 1);
    await counts[Symbol.asyncDispose]();
  }

  const before = await keysOf("b");
  await forgetConnection({ redis, backend, connectionId: "a" });
  expect(await keysOf("a")).toEqual(["customerio-router:gone:{a}"]);
  expect((await keysOf("b")).length).toBeGreaterThanOrEqual(before.length - 1);
  await expect(enqueuer.enqueue("a", [entry("m5")], ["m5"])).rejects.toThrow();
});
