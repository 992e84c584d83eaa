import { startRedis, waitFor } from "@customerio-router/fixtures";
import { type Entry, writeJobData } from "@customerio-router/messages";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  askLimiter,
  countWorkers,
  createBackend,
  createEnqueuer,
  FencedError,
  type JobQueue,
  type Leases,
  leaveWorkers,
  listenForWake,
  openJobQueue,
  QueueUnavailableError,
  startLeases,
  trimFailed,
} from "../src/index.ts";

async function open() {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const consumer = connect(server.url, "consumer");
  const producer = connect(server.url, "producer");
  await waitFor(() => producer.status === "ready", { what: "the producer to be connected" });
  return { server, consumer, producer };
}

function connect(url: string, profile: "consumer" | "producer"): RedisClient {
  const client = connectRedis({ url, profile });
  onTestFinished(() => void client.disconnect());
  return client;
}

function openLeases(redis: RedisClient): Leases & { lost: string[] } {
  const lost: string[] = [];
  const leases = startLeases({ redis, onLost: (lease) => lost.push(lease.connectionId) });
  onTestFinished(() => leases.close());
  return Object.assign(leases, { lost });
}

async function own(redis: RedisClient, leases: Leases, connectionId: string): Promise<JobQueue> {
  const lease = await leases.acquire(connectionId);
  if (!lease) throw new Error("somebody else holds the lease");
  return openJobQueue({ redis, lease });
}

function entry(number: number): Entry {
  return { message: { type: "track", messageId: `m${number}`, userId: "u", event: `E${number}` } };
}

async function take(queue: JobQueue, count: number) {
  return (await queue.take(count)).jobs;
}

type Data = { entries: { message: { messageId: string } }[] };

function messageIds(jobs: { data: unknown }[]): string[] {
  return jobs.flatMap(({ data }) => (data as Data).entries.map(({ message }) => message.messageId));
}

describe("enqueue and take", () => {
  test("messages that come together share a job, and come out in the order they went in", async () => {
    const { consumer, producer } = await open();
    const enqueuer = createEnqueuer({ redis: producer });
    await Promise.all(Array.from({ length: 250 }, (_, number) => enqueuer.enqueue("a", [entry(number)])));
    await enqueuer.close();
    const queue = await own(consumer, openLeases(consumer), "a");
    const jobs = await take(queue, 100);
    expect(jobs.length).toBe(3);
    expect(messageIds(jobs)).toEqual(Array.from({ length: 250 }, (_, number) => `m${number}`));
  });

  test("a message alone is a job of its own, named for its type", async () => {
    const { consumer, producer } = await open();
    await createEnqueuer({ redis: producer }).enqueue("a", [entry(1)]);
    const [job] = await take(await own(consumer, openLeases(consumer), "a"), 10);
    expect(
      (
        await createBackend(consumer)
          .queue("a")
          .getJob(job?.id ?? "")
      )?.name,
    ).toBe("track");
  });

  test.each([
    { letter: "x", messagesOfJobs: [2, 1] },
    { letter: "ü", messagesOfJobs: [1, 1, 1] },
  ])("a job holds at most 256 KB, counted in bytes: $letter", async ({ letter, messagesOfJobs }) => {
    const { consumer, producer } = await open();
    const event = letter.repeat(100_000);
    const large = ["m1", "m2", "m3"].map((messageId) => ({ message: { type: "track", messageId, event } }));
    await createEnqueuer({ redis: producer }).enqueue("a", large);
    const jobs = await take(await own(consumer, openLeases(consumer), "a"), 10);
    expect(jobs.map(({ data }) => (data as Data).entries.length)).toEqual(messagesOfJobs);
  });

  test("whoever listens hears which connection got something", async () => {
    const { consumer, producer } = await open();
    const heard: (string | undefined)[] = [];
    const wakes = listenForWake(consumer, (connectionId) => heard.push(connectionId));
    onTestFinished(() => wakes.close());
    await waitFor(() => heard.length === 1, { what: "the subscription" });
    await createEnqueuer({ redis: producer }).enqueue("a", [entry(1)]);
    await waitFor(() => heard.length === 2, { what: "the call" });
    expect(heard).toEqual([undefined, "a"]);
  });

  test("whoever listens hears that calls may have been lost while Redis was away", async () => {
    const { server, consumer } = await open();
    const heard: (string | undefined)[] = [];
    const wakes = listenForWake(consumer, (connectionId) => heard.push(connectionId));
    onTestFinished(() => wakes.close());
    await waitFor(() => heard.length === 1, { what: "the subscription" });
    await server.kill("SIGKILL");
    await server.restart();
    await waitFor(() => heard.length === 2, { what: "the new subscription" });
    expect(heard).toEqual([undefined, undefined]);
  });

  test("while Redis is away nothing is taken, and the caller knows at once", async () => {
    const { server, producer } = await open();
    const enqueuer = createEnqueuer({ redis: producer });
    await enqueuer.enqueue("a", [entry(1)]);
    await server.kill("SIGKILL");
    await expect(enqueuer.enqueue("a", [entry(2)])).rejects.toThrow(QueueUnavailableError);
    await server.restart();
    await waitFor(() => enqueuer.enqueue("a", [entry(3)]).then(() => true), {
      what: "Redis to take it again",
    });
  });

  test("while Redis is frozen the caller hears within two seconds, and later messages are taken again", async () => {
    const { server, producer } = await open();
    const enqueuer = createEnqueuer({ redis: producer });
    await enqueuer.enqueue("a", [entry(1)]);
    server.freeze();
    const outcome = await Promise.race([
      enqueuer.enqueue("a", [entry(2)]).catch((error: unknown) => error),
      new Promise((resolve) => setTimeout(resolve, 2_000, "silence")),
    ]);
    server.thaw();
    expect(outcome).toBeInstanceOf(QueueUnavailableError);
    await waitFor(() => enqueuer.enqueue("a", [entry(3)]).then(() => true), {
      what: "Redis to take it again",
    });
  });

  test("what was given back comes again in the same order, before what came meanwhile", async () => {
    const { consumer, producer } = await open();
    const enqueuer = createEnqueuer({ redis: producer });
    for (let number = 0; number < 20; number++) await enqueuer.enqueue("a", [entry(number)]);
    const queue = await own(consumer, openLeases(consumer), "a");
    const jobs = await take(queue, 10);
    await enqueuer.enqueue("a", [entry(20)]);
    expect(jobs).toHaveLength(10);
    expect(await queue.giveBack()).toBe(10);
    expect(messageIds(await take(queue, 100))).toEqual(
      Array.from({ length: 21 }, (_, number) => `m${number}`),
    );
  });

  test("a job whose data is gone, as Redis evicts it, does not stand in the way of the others", async () => {
    const { consumer, producer } = await open();
    const queue = await own(consumer, openLeases(consumer), "one");
    const enqueuer = createEnqueuer({ redis: producer });
    await enqueuer.enqueue("one", [entry(1)]);
    await enqueuer.enqueue("one", [entry(2)]);
    const [first] = await take(queue, 10);
    const bullQueue = createBackend(consumer).queue("one");
    await consumer.del(bullQueue.toKey(first?.id ?? ""));
    await queue.giveBack();
    expect(await queue.take(0)).toMatchObject({ active: 0 });
    expect(await bullQueue.getWaitingCount()).toBe(1);
    expect(messageIds(await take(queue, 10))).toEqual(["m2"]);
  });

  test("nothing is taken while more jobs are active than the owner knows, and the last take says that nothing is left", async () => {
    const { consumer, producer } = await open();
    const enqueuer = createEnqueuer({ redis: producer });
    for (const number of [1, 2]) await enqueuer.enqueue("known", [entry(number)]);
    const queue = await own(consumer, openLeases(consumer), "known");
    expect(await queue.take(1)).toMatchObject({ active: 1, isDrained: false });
    expect(await queue.take(1, { known: 0 })).toEqual({
      active: 1,
      isPaused: false,
      isDrained: false,
      jobs: [],
    });
    const last = await queue.take(1, { known: 1 });
    expect(last).toMatchObject({ active: 2, isDrained: true });
    expect(messageIds(last.jobs)).toEqual(["m2"]);
  });

  test("a queue whose concurrency is reached gives nothing, and is not drained", async () => {
    const { consumer, producer } = await open();
    const enqueuer = createEnqueuer({ redis: producer });
    for (const number of [1, 2]) await enqueuer.enqueue("bounded", [entry(number)]);
    const queue = await own(consumer, openLeases(consumer), "bounded");
    await createBackend(consumer).queue("bounded").setGlobalConcurrency(1);
    expect((await queue.take(5)).jobs).toHaveLength(1);
    expect(await queue.take(5)).toEqual({ active: 1, isPaused: false, isDrained: false, jobs: [] });
  });

  test("a paused queue gives nothing and says so", async () => {
    const { consumer, producer } = await open();
    await createEnqueuer({ redis: producer }).enqueue("a", [entry(1)]);
    const queue = await own(consumer, openLeases(consumer), "a");
    const bull = createBackend(consumer).queue("a");
    await bull.pause();
    expect(await queue.take(10)).toMatchObject({ isPaused: true, jobs: [] });
    expect(await bull.getWaitingCount()).toBe(1);
    await bull.resume();
    expect(await take(queue, 10)).toHaveLength(1);
  });

  test("jobs with priority and jobs whose delay is over are taken when nothing else waits", async () => {
    const { consumer } = await open();
    const bull = createBackend(consumer).queue("a");
    await bull.add("x", { entries: [entry(1)] }, { priority: 5 });
    await bull.add("x", { entries: [entry(2)] }, { delay: 20 });
    await bull.add("x", { entries: [entry(3)] });
    const queue = await own(consumer, openLeases(consumer), "a");
    const taken: string[] = [];
    await waitFor(async () => taken.push(...messageIds(await take(queue, 10))) === 3, { what: "all three" });
    expect(taken[0]).toBe("m3");
    expect(taken.toSorted()).toEqual(["m1", "m2", "m3"]);
  });
});

test.each(["consumer", "producer"] as const)("a %s outlives an outage of Redis", async (profile) => {
  const { server } = await open();
  const redis = connect(server.url, profile);
  const backend = createBackend(redis);
  await waitFor(() => backend.queue("a").add("x", { entries: [] }), { what: "a job to be added" });
  await server.kill("SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await server.restart();
  await waitFor(() => backend.queue("a").add("x", { entries: [] }), { what: "a job to be added" });
});

describe("lease and fencing token", () => {
  test("one process at a time holds a lease", async () => {
    const { consumer } = await open();
    const first = openLeases(consumer);
    const second = openLeases(consumer);
    const lease = await first.acquire("a");
    expect(await second.acquire("a")).toBeUndefined();
    expect(await second.unowned(["a", "b"])).toEqual(["b"]);
    await lease?.release();
    expect((await second.acquire("a"))?.fencingNumber).toBe(2);
  });

  test("a lease is kept for as long as its process lives", async () => {
    const { consumer } = await open();
    const lease = await openLeases(consumer).acquire("a");
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(lease?.isHeld()).toBe(true);
    expect(await openLeases(consumer).acquire("a")).toBeUndefined();
  });

  test("a lease nobody could refresh is over for its holder before another one can get it", async () => {
    const { server, consumer } = await open();
    const leases = openLeases(consumer);
    const lease = await leases.acquire("a");
    server.freeze();
    await waitFor(() => !lease?.isHeld(), { what: "the lease to be over" });
    await waitFor(() => leases.lost.length > 0, { what: "the loss to be told" });
    server.thaw();
    const other = openLeases(consumer);
    await waitFor(() => other.acquire("a"), { what: "another to get the lease" });
    expect(lease?.isHeld()).toBe(false);
  });

  test("a lease that was over for a moment is over for good, though Redis would have prolonged it", async () => {
    const { server, consumer } = await open();
    const leases = openLeases(consumer);
    const lease = await leases.acquire("a");
    server.freeze();
    await waitFor(() => !lease?.isHeld(), { what: "the lease to be over" });
    server.thaw();
    await waitFor(() => leases.lost.length > 0, { what: "the loss to be told" });
    expect(lease?.isHeld()).toBe(false);
    await waitFor(() => leases.acquire("a"), { what: "it to be taken anew" });
    expect(lease?.isHeld()).toBe(false);
  });

  test("a new owner finds what a dead one had, in order, and the dead one can change nothing any more", async () => {
    const { consumer, producer } = await open();
    const enqueuer = createEnqueuer({ redis: producer });
    for (let number = 0; number < 50; number++) await enqueuer.enqueue("a", [entry(number)]);
    const first = openLeases(consumer);
    const dead = await own(consumer, first, "a");
    const jobs = await take(dead, 30);
    const [foremost] = jobs;
    if (!foremost) throw new Error("nothing was taken");
    await first.close();

    const successor = await own(consumer, openLeases(consumer), "a");
    expect(await successor.giveBack()).toBe(30);
    expect(
      await dead.settle(foremost, { settled: [], traces: "{}", state: "active", data: { entries: [] } }),
    ).toBe("fenced");
    const taken = await take(successor, 100);
    expect(messageIds(taken)).toEqual(Array.from({ length: 50 }, (_, number) => `m${number}`));
    expect(await dead.settle(foremost, { settled: [], traces: "{}", state: "completed", result: {} })).toBe(
      "fenced",
    );
    await expect(dead.giveBack()).rejects.toThrow(FencedError);
    await expect(dead.take(1)).rejects.toThrow(FencedError);
    expect(await successor.take(0)).toMatchObject({ active: 50 });
  });

  test("workers that are gone do not count", async () => {
    const { consumer } = await open();
    expect(await countWorkers(consumer, "one")).toBe(1);
    expect(await countWorkers(consumer, "two")).toBe(2);
    await leaveWorkers(consumer, "one");
    expect(await countWorkers(consumer, "two")).toBe(1);
  });
});

describe("settle", () => {
  test("a job fails with nothing in it but what was rejected, and Retry sends just that", async () => {
    const { consumer, producer } = await open();
    await createEnqueuer({ redis: producer }).enqueue("a", [entry(1), entry(2), entry(3)]);
    const queue = await own(consumer, openLeases(consumer), "a");
    const [job] = await take(queue, 1);
    if (!job) throw new Error("nothing was taken");
    const rejected = { reason: "refused-by-customerio", message: "no" };
    await queue.settle(job, {
      settled: [],
      traces: "{}",
      state: "failed",
      entries: [{ ...entry(2), rejected }],
      reason: "no",
    });
    const bull = createBackend(consumer).queue("a");
    const [failed] = await bull.getFailed();
    expect(failed?.failedReason).toBe("no");
    expect(failed?.data).toEqual({ entries: [{ ...entry(2), rejected }] });
    await failed?.retry();
    expect(messageIds(await take(queue, 10))).toEqual(["m2"]);
  });

  test("a job shrinks to what is left", async () => {
    const { consumer, producer } = await open();
    await createEnqueuer({ redis: producer }).enqueue("a", [entry(1), entry(2)]);
    const queue = await own(consumer, openLeases(consumer), "a");
    const jobs = await take(queue, 1);
    for (const job of jobs)
      await queue.settle(job, { settled: [], traces: "{}", state: "active", data: { entries: [entry(2)] } });
    await queue.giveBack();
    expect(messageIds(await take(queue, 1))).toEqual(["m2"]);
  });
});

describe("bounds", () => {
  async function fail(redis: RedisClient, messages: number[]) {
    const backend = createBackend(redis);
    const queue = await own(redis, openLeases(redis), "a");
    for (const count of messages) {
      await backend.queue("a").add("x", { entries: Array.from({ length: count }, () => entry(1)) });
      for (const job of await take(queue, 1)) {
        const entries = Array.from({ length: count }, () => entry(1));
        await queue.settle(job, { settled: [], traces: "{}", state: "failed", entries, reason: "no" });
      }
    }
    return { redis, connectionId: "a", failed: () => backend.queue("a").getFailed() };
  }
  const wide = { messages: 1_000, bytes: 1e9, ageMs: 1e9 };

  test("of failed jobs the oldest go first when there are too many messages", async () => {
    const { failed, ...where } = await fail((await open()).consumer, [5, 1, 2, 3]);
    expect(await trimFailed({ ...where, bounds: wide })).toBe(0);
    expect(await trimFailed({ ...where, bounds: { ...wide, messages: 6 } })).toBe(5);
    expect((await failed()).map(({ data }) => data.entries.length)).toEqual([3, 2, 1]);
  });

  test("or too many bytes, or when they are too old", async () => {
    const { failed, ...where } = await fail((await open()).consumer, [1, 1, 1]);
    const bytes = 2 * writeJobData({ entries: [entry(1)] }).length;
    expect(await trimFailed({ ...where, bounds: { ...wide, bytes } })).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await trimFailed({ ...where, bounds: { ...wide, ageMs: 10 } })).toBe(2);
    expect(await failed()).toEqual([]);
  });
});

describe("limiter", () => {
  test("no window of its length lets more requests through than it may", async () => {
    const { consumer } = await open();
    const limiter = { max: 5, duration: 500 };
    const sentAt: number[] = [];
    // Two owners after each other, or by mistake at once, share the count.
    const sender = async (wanted: number) => {
      while (sentAt.length < 24) {
        const { requests, waitMs } = await askLimiter(consumer, "a", limiter, wanted);
        expect(requests).toBeLessThanOrEqual(wanted);
        for (let request = 0; request < requests; request++) sentAt.push(performance.now());
        if (requests < wanted) await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    };
    await Promise.all([sender(1), sender(3)]);
    // Redis measures exactly; when its answer is seen here, a busy machine has its say.
    const toleranceMs = 150;
    for (let index = limiter.max; index < sentAt.length; index++) {
      const spanMs = (sentAt[index] as number) - (sentAt[index - limiter.max] as number);
      expect(spanMs).toBeGreaterThan(limiter.duration - toleranceMs);
    }
  });
});
