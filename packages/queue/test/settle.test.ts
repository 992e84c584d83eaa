import { startFaultProxy, startRedis, waitFor } from "@customerio-router/fixtures";
import type { Entry } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import { recordBytes, trimRecords, writeTraces } from "@customerio-router/reports";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  createBackend,
  createEnqueuer,
  dropEvents,
  FencedError,
  type JobQueue,
  type TakenJob,
  trimFailed,
} from "../src/index.ts";
import { connect, id, openCluster, openRedis, own } from "./open-queue.ts";

function entry(number: number): Entry {
  return { message: { type: "track", messageId: `m${number}`, userId: "u", event: `E${number}` } };
}

async function fill(redis: RedisClient, jobs: number): Promise<void> {
  const enqueuer = createEnqueuer({ redis });
  for (let number = 0; number < jobs; number++) await enqueuer.enqueue(id, [entry(number)]);
}

async function take(queue: JobQueue, count: number): Promise<TakenJob[]> {
  return (await queue.take(count)).jobs;
}

function messageIds(jobs: { data: unknown }[]): string[] {
  return jobs.flatMap(({ data }) =>
    (data as { entries: { message: { messageId: string } }[] }).entries.map(
      ({ message }) => message.messageId,
    ),
  );
}

async function complete(queue: JobQueue, { id, data, ...job }: TakenJob) {
  const outcome = { kind: "delivered" as const };
  const traces = writeTraces(
    data.entries.map((entry) => ({ entry, outcome, requests: 1, attempts: [], operations: [] })),
  );
  const settled = data.entries.map((entry) => ({ entry, outcome }));
  await queue.settle({ id, data, ...job }, { settled, traces, state: "completed", result: 1 });
}

const key = (name: string) => `customerio-router:{${id}}:${name}`;

describe.each([
  ["a single Redis", openRedis],
  ["a Cluster", openCluster],
])("F61 what a settlement leaves in %s is as BullMQ has it", (_, open) => {
  test("F61 states, reasons, metrics and retries are right", async () => {
    const redis = await open();
    await waitFor(() => redis.status === "ready", { what: "Redis" });
    const { queue } = await own(redis);
    await fill(redis, 4);
    const [kept, completed, failed, again] = (await take(queue, 4)) as [
      TakenJob,
      TakenJob,
      TakenJob,
      TakenJob,
    ];
    const rejected = { reason: "r", message: "no" };
    const entries = [{ ...entry(2), rejected }];
    expect(
      await queue.settle(kept, { settled: [], traces: "{}", state: "active", data: { entries: [] } }),
    ).toBe("settled");
    expect(
      await queue.settle(completed, {
        settled: [],
        traces: "{}",
        state: "completed",
        result: { delivered: 1 },
      }),
    ).toBe("settled");
    expect(
      await queue.settle(failed, { settled: [], traces: "{}", state: "failed", entries, reason: "no" }),
    ).toBe("settled");
    expect(
      await queue.settle(again, {
        settled: [],
        traces: "{}",
        state: "failed",
        entries: [entry(3)],
        reason: "not yet",
      }),
    ).toBe("settled");

    const bull = createBackend(redis).queue(id);
    const states = await Promise.all([kept, completed, failed].map((job) => bull.getJobState(job.id)));
    expect(states).toEqual(["active", "completed", "failed"]);
    const read = async (job: TakenJob) => await bull.getJob(job.id);
    expect(await read(kept)).toMatchObject({ data: { entries: [] } });
    expect(await read(completed)).toMatchObject({ returnvalue: { delivered: 1 }, attemptsMade: 1 });
    expect(await read(failed)).toMatchObject({ failedReason: "no", stacktrace: [], data: { entries } });
    expect((await read(completed))?.finishedOn).toBeGreaterThanOrEqual(
      (await read(completed))?.processedOn ?? 0,
    );
    const counts = await bull.getJobCounts("active", "completed", "failed", "waiting");
    expect(counts).toEqual({ active: 1, completed: 1, failed: 2, waiting: 0 });
    expect([
      (await bull.getMetrics("completed")).meta.count,
      (await bull.getMetrics("failed")).meta.count,
    ]).toEqual([1, 2]);

    await (await read(again))?.retry();
    await bull.retryJobs({ state: "failed" });
    expect(await bull.getJobCounts("failed", "waiting")).toEqual({ failed: 0, waiting: 2 });
    expect((await read(failed))?.failedReason).toBeUndefined();
    expect(messageIds(await take(queue, 10)).toSorted()).toEqual(["m2", "m3"]);
  });
});

test("F61 metrics have a number for each minute, as BullMQ writes them", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, 3);
  const complete = async () => {
    for (const job of await take(queue, 1))
      await queue.settle(job, { settled: [], traces: "{}", state: "completed", result: null });
  };
  await complete();
  await complete();
  // As if the first two had been three minutes ago.
  await redis.hset(key("metrics:completed"), "prevTS", Date.now() - 3 * 60_000);
  await complete();
  const metrics = await createBackend(redis).queue(id).getMetrics("completed");
  expect(metrics.meta.count).toBe(3);
  expect(metrics.data.map(Number)).toEqual([0, 0, 2]);
});

test("F62 a settlement whose answer was lost and that is sent again is settled all the same", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, 2);
  const [one, other] = (await take(queue, 2)) as [TakenJob, TakenJob];
  for (let time = 0; time < 2; time++) {
    expect(await queue.settle(one, { settled: [], traces: "{}", state: "completed", result: 1 })).toBe(
      "settled",
    );
    expect(
      await queue.settle(other, {
        settled: [],
        traces: "{}",
        state: "failed",
        entries: [entry(1)],
        reason: "no",
      }),
    ).toBe("settled");
  }
  const bull = createBackend(redis).queue(id);
  expect((await bull.getMetrics("completed")).meta.count).toBe(1);
  expect(await bull.getJobCounts("completed", "failed")).toEqual({ completed: 1, failed: 1 });
});

test("F62 a connection that breaks over a settlement leaves the job settled once", async () => {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const proxy = await startFaultProxy({ targetPort: server.port });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const redis = connect(`redis://127.0.0.1:${proxy.port}`);
  const direct = connect(server.url);
  const { queue } = await own(redis);
  await fill(direct, 1);
  const [job] = (await take(queue, 1)) as [TakenJob];
  proxy.delay(300);
  const settling = queue.settle(job, { settled: [], traces: "{}", state: "completed", result: 1 });
  const bull = createBackend(direct).queue(id);
  await waitFor(async () => (await bull.getJobState(job.id)) === "completed", {
    what: "Redis to have done it",
  });
  // Its answer is still on its way.
  proxy.resetAll();
  await proxy.heal();
  expect(await settling).toBe("settled");
  expect((await bull.getMetrics("completed")).meta.count).toBe(1);
});

test.each([
  ["its lock is lost", (redis: RedisClient, job: TakenJob) => redis.del(key(`${job.id}:lock`))],
  ["its lock is foreign", (redis: RedisClient, job: TakenJob) => redis.set(key(`${job.id}:lock`), "who?")],
  ["the count of owners is lost", (redis: RedisClient) => redis.del("customerio-router:tenure:{one}")],
  ["the fence is lost", (redis: RedisClient) => redis.del("customerio-router:fence:{one}")],
  ["the lease is lost", (redis: RedisClient) => redis.del("customerio-router:lease:{one}")],
])("F63 a job is settled, and another one given back, though %s", async (_, lose) => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, 2);
  const jobs = await take(queue, 2);
  for (const job of jobs) await lose(redis, job);
  const [first] = jobs as [TakenJob];
  expect(await queue.settle(first, { settled: [], traces: "{}", state: "completed", result: 1 })).toBe(
    "settled",
  );
  expect(await queue.giveBack()).toBe(1);
  expect(await redis.exists(key(`${jobs[1]?.id}:lock`))).toBe(0);
  expect(messageIds(await take(queue, 1))).toEqual(["m1"]);
});

test("F63 a fence that was lost stands again after a refresh, and fences", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  await redis.del("customerio-router:fence:{one}", "customerio-router:tenure:{one}");
  await waitFor(async () => (await redis.get("customerio-router:fence:{one}")) === lease.token, {
    what: "the fence to be restored",
  });
  expect(lease.isHeld()).toBe(true);
});

test("F64 of two owners with the same number the earlier one can write nothing", async () => {
  const redis = await openRedis();
  const former = await own(redis);
  await fill(redis, 1);
  const [job] = (await take(former.queue, 1)) as [TakenJob];
  // A failover to a replica that had not heard of the acquisition.
  await redis.del(
    "customerio-router:lease:{one}",
    "customerio-router:fence:{one}",
    "customerio-router:tenure:{one}",
  );
  const latter = await own(redis);
  expect(latter.lease.fencingNumber).toBe(former.lease.fencingNumber);
  await latter.queue.giveBack();
  const [same] = (await take(latter.queue, 1)) as [TakenJob];
  expect(same.id).toBe(job.id);
  expect(
    await former.queue.settle(job, { settled: [], traces: "{}", state: "active", data: { entries: [] } }),
  ).toBe("fenced");
  expect(await former.queue.settle(job, { settled: [], traces: "{}", state: "completed", result: 1 })).toBe(
    "fenced",
  );
  await expect(former.queue.giveBack()).rejects.toThrow(FencedError);
  await expect(take(former.queue, 1))
    .resolves.toEqual([])
    .catch(() => {});
  expect(messageIds(await createBackend(redis).queue(id).getActive())).toEqual(["m0"]);
});

test("F65 what an owner of 021c6f9 left is taken over, and it can write nothing more", async () => {
  const redis = await openRedis();
  await fill(redis, 2);
  // As 021c6f9 has it: a count of owners, jobs locked with it.
  await redis.set("customerio-router:tenure:{one}", 7);
  const worker = createBackend(redis).queue(id);
  const ids = await redis.lrange(key("wait"), 0, -1);
  for (const job of ids.toReversed()) {
    await redis.rpoplpush(key("wait"), key("active"));
    await redis.set(key(`${job}:lock`), "tenure-7", "PX", 86_400_000);
  }
  const { queue, lease } = await own(redis);
  expect(lease.fencingNumber).toBe(8);
  expect(await redis.get("customerio-router:tenure:{one}")).toBe("8");
  expect(await queue.giveBack()).toBe(2);
  expect(messageIds(await take(queue, 2))).toEqual(["m0", "m1"]);
  expect(await worker.getActiveCount()).toBe(2);
});

test("F66 a job removed by hand, or by eviction, is gone to its owner, and leaves nothing", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, 2);
  const [removed, evicted] = (await take(queue, 2)) as [TakenJob, TakenJob];
  await redis.del(key(`${removed.id}:lock`));
  await redis.lrem(key("active"), 1, removed.id);
  await redis.del(key(removed.id));
  await redis.del(key(evicted.id));
  expect(await queue.settle(removed, { settled: [], traces: "{}", state: "completed", result: 1 })).toBe(
    "gone",
  );
  expect(
    await queue.settle(evicted, { settled: [], traces: "{}", state: "active", data: { entries: [] } }),
  ).toBe("gone");
  expect(await redis.keys(key(`${evicted.id}*`))).toEqual([key(`${evicted.id}:lock`)]);
  expect(await createBackend(redis).queue(id).getJobCounts("active", "completed")).toEqual({
    active: 0,
    completed: 0,
  });
});

test("F66 a full Redis takes what settles, completes and gives back", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, 4);
  await redis.config("SET", "maxmemory", "1");
  const [one, other, third] = (await take(queue, 3)) as [TakenJob, TakenJob, TakenJob];
  expect(await queue.settle(one, { settled: [], traces: "{}", state: "active", data: { entries: [] } })).toBe(
    "settled",
  );
  expect(await queue.settle(other, { settled: [], traces: "{}", state: "completed", result: 1 })).toBe(
    "settled",
  );
  expect(
    await queue.settle(third, {
      settled: [],
      traces: "{}",
      state: "failed",
      entries: [entry(2)],
      reason: "no",
    }),
  ).toBe("settled");
  expect(await queue.giveBack()).toBe(1);
});

test("F67 jobs with requests in flight stay where they are when the others are given back, in slices too", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const many = 1_203;
  await fill(redis, many);
  const jobs = await take(queue, many);
  const kept = new Set([jobs[0], jobs[700], jobs.at(-1)].map((job) => job?.id ?? ""));
  expect(await queue.giveBack(kept)).toBe(many - 3);
  expect(await redis.lrange(key("active"), 0, -1)).toEqual([...kept].toReversed());
  expect(messageIds(await take(queue, many))).toEqual(messageIds(jobs.filter((job) => !kept.has(job.id))));
});

test("F69 a job too large to be read is failed unread, with a reason, and the others are taken", async () => {
  const redis = await openRedis();
  const { queue, tooLarge } = await own(redis);
  const bull = createBackend(redis).queue(id);
  const large = await bull.add("x", { entries: [{ message: "x".repeat(9 * 1024 * 1024) }] });
  await fill(redis, 1);
  expect(messageIds(await take(queue, 5))).toEqual(["m0"]);
  expect(tooLarge).toEqual([{ id: large.id, bytes: expect.any(Number) }]);
  expect(await bull.getJobState(large.id ?? "")).toBe("failed");
  expect((await bull.getJob(large.id ?? ""))?.failedReason).toMatch(/larger than 8 MB/);
});

test("F70 a job that is no JSON is taken with its problem, and the others as they are", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const bull = createBackend(redis).queue(id);
  const { id: broken = "" } = await bull.add("x", { entries: [entry(9)] });
  await redis.hset(key(broken), "data", '{"entries":[');
  await fill(redis, 1);
  const [first, second] = await take(queue, 5);
  expect(first).toMatchObject({
    id: broken,
    data: { entries: [{ message: '{"entries":[' }] },
    bytes: 12,
    problem: { message: expect.stringContaining(broken) },
  });
  expect(second?.problem).toBeUndefined();
});

test("a job that was added by hand is taken as data that is well-formed, and so is its text", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const bull = createBackend(redis).queue(id);
  const data = [{ event: "Bare" }, { entries: [{ message: 1, rejected: 7 }, 2] }];
  for (const each of data) await bull.add("x", each as never);
  const wellFormed = [
    { entries: [{ message: { event: "Bare" } }] },
    { entries: [{ message: 1 }, { message: 2 }] },
  ];
  const jobs = await take(queue, 5);
  expect(jobs.map((job) => job.data)).toEqual(wellFormed);
  expect(jobs.map(({ bytes }) => bytes)).toEqual(data.map((each) => JSON.stringify(each).length));
});

test("F71 of failed jobs that a person retries meanwhile none is trimmed", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const many = 600;
  await fill(redis, many);
  for (const job of await take(queue, many)) {
    await queue.settle(job, {
      settled: [],
      traces: "{}",
      state: "failed",
      entries: [entry(1)],
      reason: "no",
    });
  }
  const bull = createBackend(redis).queue(id);
  const bounds = { messages: 0, bytes: 1e9, ageMs: 1e9 };
  const [removed] = await Promise.all([
    trimFailed({ redis, connectionId: id, bounds }),
    bull.retryJobs({ state: "failed", count: 100 }),
  ]);
  const waiting = await bull.getWaiting();
  // Each is either removed or waits, with its data.
  expect(removed + waiting.length).toBe(many);
  expect(waiting.every((job) => job?.data.entries.length === 1)).toBe(true);
});

test("F71 completed jobs leave with their records, by size and age, the oldest first, with all that is kept of them", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, 600);
  for (const job of await take(queue, 600)) await complete(queue, job);
  const bytes = await recordBytes(redis, id);
  expect(await trimRecords(redis, id, { beforeMs: 0, bytes: bytes / 60 + 100 })).toBe(590);
  expect((await redis.keys(key("g*"))).length).toBe(10);
  expect(await redis.zcard(key("completed"))).toBe(10);
  expect(await trimRecords(redis, id, { beforeMs: Date.now() + 1, bytes })).toBe(10);
  expect(await redis.keys(key("*"))).toEqual([key("metrics:completed")]);
  expect(await recordBytes(redis, id)).toBe(0);
});

test("F73 adding, taking and settling write no events, and those of BullMQ's own scripts are dropped", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, 2);
  for (const job of await take(queue, 2)) {
    await queue.settle(job, {
      settled: [],
      traces: "{}",
      state: "failed",
      entries: [entry(1)],
      reason: "no",
    });
  }
  expect(await redis.exists(key("events"))).toBe(0);
  await createBackend(redis).queue(id).retryJobs({ state: "failed" });
  expect(await redis.exists(key("events"))).toBe(1);
  await dropEvents(redis, id);
  expect(await redis.exists(key("events"))).toBe(0);
});
