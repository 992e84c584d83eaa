import { startRedis, waitFor } from "@customerio-router/fixtures";
import type { Entry } from "@customerio-router/messages";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import {
  createBackend,
  createEnqueuer,
  createJobAdder,
  type Enqueuer,
  type JobAdderOptions,
  type Known,
  type NewJob,
} from "../src/index.ts";

async function open() {
  const server = await startRedis({ appendfsync: "no" });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = await connect(server.url);
  return { server, redis };
}

async function connect(url: string): Promise<RedisClient> {
  const redis = connectRedis({ url, profile: "producer" });
  onTestFinished(() => void redis.disconnect());
  await waitFor(() => redis.status === "ready", { what: "Redis" });
  return redis;
}

function entry(messageId: string, event = "E"): Entry {
  return { message: { type: "track", userId: "u", messageId, event } };
}

function job(id: string, messageIds: string[]): NewJob {
  const entries = messageIds.map((messageId) => entry(messageId));
  return {
    id,
    name: "j",
    data: JSON.stringify({ entries }),
    digests: messageIds,
    content: "[]",
    madeAtMs: Date.now(),
  };
}

/** The messageIds in a connection's queue, oldest first. */
async function queued(redis: RedisClient, connectionId = "a"): Promise<string[]> {
  const jobs = await createBackend(redis).queue(connectionId).getWaiting();
  return jobs.flatMap(({ data }) =>
    data.entries.map(({ message }) => (message as { messageId: string }).messageId),
  );
}

function counted(options: JobAdderOptions) {
  let copies = 0;
  const onCopies = (_connectionId: string, messages: number) => {
    copies += messages;
  };
  return { ...options, onCopies, count: () => copies };
}

test("F31 a message sent a hundred times at once over two processes, and again later, is kept once", async () => {
  const { server, redis } = await open();
  const options = counted({ redis });
  const enqueuers = [createEnqueuer(options), createEnqueuer({ redis: await connect(server.url) })];
  await enqueuers[0]?.enqueue("a", [entry("first")], ["first"]);
  const send = (_: unknown, index: number) =>
    enqueuers[index % 2]?.enqueue("a", [entry("first"), entry(`m${index}`)], ["first", `m${index}`]);
  await Promise.all(Array.from({ length: 100 }, send));
  const sent = ["first", ...Array.from({ length: 100 }, (_, index) => `m${index}`)];
  expect((await queued(redis)).toSorted()).toEqual(sent.toSorted());
  expect(options.count()).toBeGreaterThan(0);

  const later = createEnqueuer({ redis: await connect(server.url) });
  await later.enqueue("a", [entry("m7"), entry("new"), entry("m8")], ["m7", "new", "m8"]);
  expect((await queued(redis)).toSorted()).toEqual([...sent, "new"].toSorted());
});

test("the same messageId of another connection is another message", async () => {
  const { redis } = await open();
  const enqueuer = createEnqueuer({ redis });
  await Promise.all(["a", "b"].map((id) => enqueuer.enqueue(id, [entry("m")], ["m"])));
  expect(await queued(redis, "a")).toEqual(["m"]);
  expect(await queued(redis, "b")).toEqual(["m"]);
});

test("messages without an id of their caller's, and without any, are kept each time", async () => {
  const { redis } = await open();
  const enqueuer = createEnqueuer({ redis });
  await enqueuer.enqueue("a", [entry("m1"), entry("m2")], [undefined, undefined]);
  await enqueuer.enqueue("a", [entry("m3")]);
  expect(await queued(redis)).toEqual(["m1", "m2", "m3"]);
  for (let time = 0; time < 2; time++) await enqueuer.enqueue("a", [{ message: "cut", cut: true }]);
  expect(await queued(redis)).toHaveLength(5);
});

test("F68 a job whose answer was lost, which was delivered and trimmed since, is not added again", async () => {
  const { redis } = await open();
  const jobs: NewJob[] = [];
  const spooling = createEnqueuer({ keep: async (_, made) => void jobs.push(...made) });
  // Intake gave one of them its id; the other one's caller did.
  await spooling.enqueue("a", [entry("given"), entry("own")], [undefined, "own"]);
  const adder = createJobAdder({ redis });
  await adder.add("a", jobs);
  const queue = createBackend(redis).queue("a");
  for (const { id } of jobs) await queue.remove(id);
  await adder.add("a", jobs);
  expect(await queued(redis)).toEqual([]);
});

test("where no ids are to be remembered, what comes again later is kept again", async () => {
  const { redis } = await open();
  const enqueuer = createEnqueuer({ redis, rememberedIds: 0 });
  for (let time = 0; time < 2; time++) await enqueuer.enqueue("a", [entry("m")], ["m"]);
  expect(await queued(redis)).toEqual(["m", "m"]);
  expect(await redis.keys("*:ids:*")).toEqual([]);
});

test("a copy that comes while the first one is being kept shares its fate", async () => {
  const outcomes = [Promise.withResolvers<Known>(), Promise.withResolvers<Known>()];
  const kept: NewJob[] = [];
  const enqueuer = createEnqueuer({
    keep: (_, jobs) => outcomes[kept.push(...jobs) - 1]?.promise ?? Promise.resolve(undefined),
  });
  const first = enqueuer.enqueue("a", [entry("m")], ["m"]);
  await waitFor(() => kept.length === 1, { what: "the first to be on its way" });
  const copy = enqueuer.enqueue("a", [entry("m"), entry("n")], ["m", "n"]);
  outcomes[1]?.resolve(undefined);
  outcomes[0]?.reject(new Error("no"));
  await expect(first).rejects.toThrow();
  await expect(copy).rejects.toThrow();
  await enqueuer.enqueue("a", [entry("m")], ["m"]);
  expect(kept.map(({ digests }) => digests.length)).toEqual([1, 1, 1]);
});

test("of each message it is told whether it was known: before, under way, or earlier in the same request", async () => {
  const { redis } = await open();
  const enqueue = (enqueuer: Enqueuer, ids: (string | undefined)[]) =>
    enqueuer.enqueue(
      "a",
      ids.map((id) => entry(id ?? crypto.randomUUID())),
      ids,
    );
  const enqueuer = createEnqueuer({ redis });
  expect(await enqueue(enqueuer, ["m1", "m2", "m1", undefined])).toEqual([false, false, true, false]);
  expect(await enqueue(enqueuer, ["m3", "m2", undefined, "m1"])).toEqual([false, true, false, true]);
  const [first, copy] = await Promise.all([enqueue(enqueuer, ["m4"]), enqueue(enqueuer, ["m5", "m4"])]);
  expect([first, copy]).toEqual([[false], [false, true]]);
  expect(await enqueue(enqueuer, [])).toEqual([]);

  const forgetful = createEnqueuer({ redis, rememberedIds: 0 });
  expect(await enqueue(forgetful, ["m1", "m6", "m6"])).toEqual([undefined, undefined, true]);
  expect(await queued(redis)).toHaveLength(9);
});

test("a message that was not kept is not remembered", async () => {
  const { redis } = await open();
  const enqueuer = createEnqueuer({ redis });
  await redis.config("SET", "maxmemory", "1");
  await expect(enqueuer.enqueue("a", [entry("m")], ["m"])).rejects.toThrow();
  await redis.config("SET", "maxmemory", "0");
  await enqueuer.enqueue("a", [entry("m")], ["m"]);
  expect(await queued(redis)).toEqual(["m"]);
});

test("F8 a job added again is in the queue once, whatever of it is remembered", async () => {
  const { redis } = await open();
  const adder = createJobAdder({ redis });
  await adder.add("a", [job("j1", ["m1", "m2"]), job("j2", ["m3"])]);
  await adder.add("a", [job("j1", ["m1", "m2"]), job("j2", ["m3"]), job("j3", ["m4", "m1"])]);
  expect(await queued(redis)).toEqual(["m1", "m2", "m3", "m4"]);
  await redis.unlink(...(await redis.keys("*:ids:*")));
  await adder.add("a", [job("j1", ["m1", "m2"])]);
  expect(await queued(redis)).toEqual(["m1", "m2", "m3", "m4"]);
});

test("an adder told to stop takes no further step", async () => {
  const { redis } = await open();
  await expect(
    createJobAdder({ redis }).add("a", [job("j1", ["m1"])], AbortSignal.abort(new Error("late"))),
  ).rejects.toThrow("late");
  expect(await queued(redis)).toEqual([]);
});

test("what is remembered of a connection is bounded, the oldest is forgotten first", async () => {
  const { redis } = await open();
  const adder = createJobAdder({ redis, rememberedIds: 1_000 });
  for (let from = 0; from < 3_000; from += 100) {
    const ids = Array.from({ length: 100 }, (_, index) => `m${from + index}`);
    await adder.add("a", [job(`j${from}`, ids)]);
  }
  const counts = await Promise.all((await redis.keys("*:ids:*")).map((key) => redis.scard(key)));
  const remembered = counts.reduce((sum, count) => sum + count, 0);
  expect(remembered).toBeGreaterThanOrEqual(500);
  expect(remembered).toBeLessThanOrEqual(1_100);
  await adder.add("a", [job("again", ["m2999", "m0"])]);
  expect((await queued(redis)).slice(-1)).toEqual(["m0"]);
  for (const key of await redis.keys("*:ids:*")) expect(await redis.ttl(key)).toBeGreaterThan(24 * 3600 - 10);
});

test("ten thousand messages at once are kept and remembered in parts", async () => {
  const { redis } = await open();
  const ids = Array.from({ length: 10_000 }, (_, index) => `m${index}`);
  const jobs = Array.from({ length: 100 }, (_, index) =>
    job(`j${index}`, ids.slice(index * 100, index * 100 + 100)),
  );
  const adder = createJobAdder({ redis });
  await adder.add("a", jobs);
  await adder.add(
    "a",
    jobs.map((same, index) => ({ ...same, id: `k${index}` })),
  );
  expect(await queued(redis)).toEqual(ids);
});
