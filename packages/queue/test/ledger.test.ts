import type { Entry } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import {
  type Account,
  packDays,
  readBySource,
  readLedger,
  type SettledMessage,
} from "@customerio-router/reports";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  createBackend,
  createEnqueuer,
  createJobAdder,
  forgetConnection,
  type JobQueue,
  type NewJob,
  recount,
  type TakenJob,
  trimFailed,
} from "../src/index.ts";
import { id, openCluster, openRedis, own } from "./open-queue.ts";

const dayMs = 24 * 60 * 60 * 1000;

function entry(messageId: string, event = "Bought", receivedAtMs = Date.now()): Entry {
  const receivedAt = new Date(receivedAtMs).toISOString();
  return { message: { type: "track", messageId, userId: "u", event, receivedAt } };
}

/** Enqueues entries as one job each, or as one job. */
async function fill(redis: RedisClient, entries: Entry[], { asOneJob = false } = {}): Promise<void> {
  const enqueuer = createEnqueuer({ redis });
  if (asOneJob) await enqueuer.enqueue(id, entries);
  else for (const each of entries) await enqueuer.enqueue(id, [each]);
}

async function take(queue: JobQueue, count = 100): Promise<TakenJob[]> {
  return (await queue.take(count)).jobs;
}

const delivered = (entry: Entry): SettledMessage => ({ entry, outcome: { kind: "delivered" } });
const rejection = { reason: "no-user", message: "no" };
const rejected = (entry: Entry): SettledMessage => ({
  entry,
  outcome: { kind: "rejected", rejection },
});

async function deliver(queue: JobQueue, job: TakenJob) {
  const settled = job.data.entries.map(delivered);
  return await queue.settle(job, { settled, traces: "{}", state: "completed", result: null });
}

async function reject(queue: JobQueue, job: TakenJob) {
  const settled = job.data.entries.map(rejected);
  const entries = job.data.entries.map((each) => ({ ...each, rejected: rejection }));
  return await queue.settle(job, { settled, traces: "{}", state: "failed", entries, reason: "no" });
}

const none: Account = {
  received: 0,
  delivered: 0,
  skipped: 0,
  rejected: 0,
  removed: 0,
  waiting: 0,
  unaccounted: 0,
};

/** The totals, which the days add up to. */
async function account(redis: RedisClient): Promise<Account> {
  const { total, split } = await readLedger(redis, id, { by: "day" });
  if (split.by !== "day") throw new Error("not by day");
  const days = split.rows.reduce(
    (sum, day) =>
      Object.fromEntries(
        Object.entries(sum).map(([name, n]) => [name, n + Number(day[name as keyof Account])]),
      ) as Account,
    none,
  );
  expect(days).toEqual(total);
  return total;
}

const bull = (redis: RedisClient) => createBackend(redis).queue(id);

describe.each([
  ["a single Redis", openRedis],
  ["a Cluster", openCluster],
])("the ledger in %s", (_, open) => {
  test("adds up while messages come, wait, are delivered, rejected, retried, trimmed and removed", async () => {
    const redis = await open();
    const { queue } = await own(redis);
    await fill(
      redis,
      Array.from({ length: 6 }, (_, index) => entry(`m${index}`)),
    );
    expect(await account(redis)).toEqual({ ...none, received: 6, waiting: 6 });
    const jobs = (await take(queue)) as [TakenJob, TakenJob, TakenJob, TakenJob, TakenJob, TakenJob];
    const [first, second, third, fourth, fifth, sixth] = jobs;
    await deliver(queue, first);
    for (const job of [second, third, fourth, fifth]) await reject(queue, job);
    expect(await account(redis)).toEqual({ ...none, received: 6, delivered: 1, rejected: 4, waiting: 1 });

    await (await bull(redis).getJob(second.id))?.retry();
    const [again] = (await take(queue)) as [TakenJob];
    expect(await account(redis)).toEqual({ ...none, received: 6, delivered: 1, rejected: 3, waiting: 2 });
    await deliver(queue, again);

    await (await bull(redis).getJob(third.id))?.remove();
    expect(
      await trimFailed({ redis, connectionId: id, bounds: { messages: 1, bytes: 1e9, ageMs: 1e9 } }),
    ).toBe(1);
    expect(await account(redis)).toEqual({
      ...none,
      received: 6,
      delivered: 2,
      rejected: 1,
      removed: 2,
      waiting: 1,
    });
    expect(await bull(redis).clean(0, 0, "failed")).toHaveLength(1);
    expect(await queue.giveBack()).toBe(1);
    await bull(redis).drain();
    expect(await account(redis)).toEqual({ ...none, received: 6, delivered: 2, removed: 4 });
    expect(await redis.exists(`customerio-router:{${id}}:${sixth.id}`)).toBe(0);

    const { split } = await readLedger(redis, id, { by: "reason" });
    expect(split.rows).toEqual([
      { outcome: "removed", reason: "deleted", messages: 3 },
      { outcome: "removed", reason: "trimmed", messages: 1 },
    ]);
  });
});

test("a job delivered in part counts each message once, whatever its place", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const entries = Array.from({ length: 5 }, (_, index) => entry(`m${index}`, `E${index % 2}`));
  await fill(redis, entries, { asOneJob: true });
  const [job] = (await take(queue)) as [TakenJob];
  const [one, two, three, four, five] = job.data.entries as [Entry, Entry, Entry, Entry, Entry];
  const left = { ...two, rejected: rejection };
  await queue.settle(job, {
    settled: [
      delivered(one),
      rejected(two),
      { entry: three, outcome: { kind: "skipped", reason: "consent" } },
    ],
    traces: "{}",
    state: "active",
    data: { entries: [four, five], rejected: [left] },
  });
  expect(await account(redis)).toEqual({
    ...none,
    received: 5,
    delivered: 1,
    skipped: 1,
    rejected: 1,
    waiting: 2,
  });
  // Another owner finds it as it is.
  expect(await queue.giveBack()).toBe(1);
  const [same] = (await take(queue)) as [TakenJob];
  expect(same.content).toBe(job.content);
  await queue.settle(same, {
    settled: [delivered(four), delivered(five)],
    traces: "{}",
    state: "failed",
    entries: [left],
    reason: "no",
  });
  expect(await account(redis)).toEqual({ ...none, received: 5, delivered: 3, skipped: 1, rejected: 1 });
  const { split } = await readLedger(redis, id, { by: "event" });
  expect(split.rows).toEqual([
    { event: "track E0", delivered: 2, skipped: 1, rejected: 0, removed: 0 },
    { event: "track E1", delivered: 1, skipped: 0, rejected: 1, removed: 0 },
  ]);
  await (await bull(redis).getJob(job.id))?.remove();
  expect(await account(redis)).toEqual({ ...none, received: 5, delivered: 3, skipped: 1, removed: 1 });
});

test("a settlement whose reply is lost, and that is sent again, counts once", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, [entry("a"), entry("b"), entry("c")], { asOneJob: true });
  const [job] = (await take(queue)) as [TakenJob];
  const lost = { ...job, past: [] };
  const [one, two, three] = job.data.entries as [Entry, Entry, Entry];
  const shrunk = {
    settled: [delivered(one)],
    traces: "{}",
    state: "active" as const,
    data: { entries: [two, three] },
  };
  expect(await queue.settle(lost, shrunk)).toBe("settled");
  expect(await queue.settle(job, shrunk)).toBe("settled");
  const last = {
    settled: [delivered(two), delivered(three)],
    traces: "{}",
    state: "completed" as const,
    result: null,
  };
  expect(await queue.settle({ ...job, past: [] }, last)).toBe("settled");
  expect(await queue.settle(job, last)).toBe("settled");
  expect(await account(redis)).toEqual({ ...none, received: 3, delivered: 3 });
});

test("what a promoted replica missed of a job is counted with the next settlement", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, [entry("a"), entry("b"), entry("c")], { asOneJob: true });
  const [job] = (await take(queue)) as [TakenJob];
  const [one, two, three] = job.data.entries as [Entry, Entry, Entry];
  const keys = [`customerio-router:{${id}}:${job.id}`, ...(await redis.keys("customerio-router:ledger*"))];
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  await queue.settle(job, {
    settled: [delivered(one)],
    traces: "{}",
    state: "active",
    data: { entries: [two, three] },
  });
  for (const [index, key] of keys.entries()) await redis.restore(key, 0, dumps[index] as Buffer, "REPLACE");
  expect((await account(redis)).delivered).toBe(0);
  await queue.settle(job, {
    settled: [delivered(two)],
    traces: "{}",
    state: "active",
    data: { entries: [three] },
  });
  expect(await account(redis)).toEqual({ ...none, received: 3, delivered: 2, waiting: 1 });
});

test("edited, added by hand, and of an earlier version: a job counts for what it holds", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, [entry("a"), entry("b"), entry("c")], { asOneJob: true });
  await fill(redis, [entry("d")]);
  const [shrunk, grown] = (await bull(redis).getWaiting()) as unknown as {
    updateData(data: unknown): Promise<void>;
  }[];
  await shrunk?.updateData({ entries: [entry("a")] });
  await grown?.updateData({ entries: [entry("d"), entry("e")] });
  await bull(redis).add("by hand", { entries: [entry("f"), entry("g")] });
  expect(await take(queue)).toHaveLength(3);
  expect(await account(redis)).toEqual({ ...none, received: 7, removed: 2, waiting: 5 });
});

test("a job of a former owner, frozen before it settled, counts once", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, [entry("a"), entry("b")]);
  const [frozen] = (await take(queue)) as [TakenJob];
  await redis.del(`customerio-router:lease:{${id}}`, `customerio-router:fence:{${id}}`);
  const successor = await own(redis);
  await successor.queue.giveBack();
  const [same, other] = (await take(successor.queue)) as [TakenJob, TakenJob];
  expect(await deliver(successor.queue, same)).toBe("settled");
  expect(await deliver(queue, frozen)).toBe("fenced");
  expect(await deliver(successor.queue, other)).toBe("settled");
  expect(await account(redis)).toEqual({ ...none, received: 2, delivered: 2 });
});

test("an add whose reply is lost, and that is repeated after the job was delivered and removed, counts once", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const job: NewJob = {
    id: "g1",
    name: "track",
    data: JSON.stringify({ entries: [entry("a")] }),
    content: JSON.stringify([[Math.floor(Date.now() / dayMs), 1]]),
    digests: ["a"],
    madeAtMs: Date.now(),
  };
  const adder = createJobAdder({ redis });
  await adder.add(id, [job]);
  await adder.add(id, [job]);
  const [taken] = (await take(queue)) as [TakenJob];
  await deliver(queue, taken);
  await adder.add(id, [job]);
  expect(await bull(redis).clean(0, 0, "completed")).toEqual(["g1"]);
  await adder.add(id, [job]);
  expect(await take(queue)).toEqual([]);
  expect(await account(redis)).toEqual({ ...none, received: 1, delivered: 1 });
});

test("a job too large to be read counts as rejected, and as removed when it is deleted", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const text = "x".repeat(9 * 1024 * 1024);
  await bull(redis).add("large", { entries: [{ message: text }] });
  expect(await take(queue)).toEqual([]);
  expect(await account(redis)).toEqual({ ...none, received: 1, rejected: 1 });
  await bull(redis).clean(0, 0, "failed");
  expect(await account(redis)).toEqual({ ...none, received: 1, removed: 1 });
});

test("what another tool deletes is without an account after a recount, and comes back when it turns up", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(
    redis,
    Array.from({ length: 4 }, (_, index) => entry(`m${index}`)),
  );
  const [lost, failed, held] = (await take(queue, 3)) as [TakenJob, TakenJob, TakenJob];
  await reject(queue, failed);
  for (const job of [lost, failed, held]) await redis.del(`customerio-router:{${id}}:${job.id}`);
  expect(await account(redis)).toEqual({ ...none, received: 4, rejected: 1, waiting: 3 });
  expect(await recount(redis, id)).toBe(true);
  expect(await account(redis)).toEqual({ ...none, received: 4, waiting: 1, unaccounted: 3 });
  expect((await readLedger(redis, id, { by: "day" })).checkedAtMs).toBeGreaterThan(Date.now() - 60_000);
  // It was being delivered when its key was deleted.
  expect(await deliver(queue, held)).toBe("gone");
  expect(await recount(redis, id)).toBe(true);
  expect(await account(redis)).toEqual({ ...none, received: 4, delivered: 1, waiting: 1, unaccounted: 2 });
});

test("a connection that was deleted leaves no account, and one under its id begins anew", async () => {
  const redis = await openRedis();
  await own(redis);
  await fill(redis, [entry("a")]);
  await forgetConnection({ redis, backend: createBackend(redis), connectionId: id });
  expect(await account(redis)).toEqual(none);
  expect(await redis.keys("*ledger*")).toEqual([]);
  await redis.del(`customerio-router:gone:{${id}}`);
  await fill(redis, [entry("b")]);
  expect(await account(redis)).toEqual({ ...none, received: 1, waiting: 1 });
});

const from = (source: string, each: Entry): Entry => ({ ...each, from: { source } });

/** By source, which add up to the totals. */
async function bySource(redis: RedisClient): Promise<{ [source: string]: Partial<Account> }> {
  const rows = await readBySource(redis, [id], {});
  const total = await account(redis);
  for (const name of Object.keys(none) as (keyof Account)[])
    expect(rows.reduce((sum, row) => sum + row[name], 0)).toBe(total[name]);
  return Object.fromEntries(
    rows.map(({ source, ...counts }) => [
      source,
      Object.fromEntries(Object.entries(counts).filter(([, messages]) => messages !== 0)),
    ]),
  );
}

test("each source has its account: messages wait, are delivered, rejected, retried, removed and go missing", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const entries = [
    from("web", entry("m1")),
    from("web", entry("m2")),
    from("app", entry("m3", "Left")),
    entry("m4"),
  ];
  await fill(redis, entries, { asOneJob: true });
  await fill(redis, [from("app", entry("m5")), from("not an id | ~", entry("m6"))]);
  expect(await bySource(redis)).toEqual({
    web: { received: 2, waiting: 2 },
    app: { received: 2, waiting: 2 },
    unknown: { received: 2, waiting: 2 },
  });
  const [mixed, ofApp] = (await take(queue)) as [TakenJob, TakenJob];
  await reject(queue, mixed);
  await deliver(queue, ofApp);
  expect(await bySource(redis)).toMatchObject({
    web: { received: 2, rejected: 2 },
    app: { received: 2, rejected: 1, delivered: 1 },
  });
  const { split } = await readLedger(redis, id, { by: "event", source: "app" });
  expect(split.rows).toEqual([
    { event: "track Left", delivered: 0, skipped: 0, rejected: 1, removed: 0 },
    { event: "track Bought", delivered: 1, skipped: 0, rejected: 0, removed: 0 },
  ]);
  expect((await readLedger(redis, id, { by: "reason", source: "web" })).split.rows).toEqual([
    { outcome: "rejected", reason: "no-user", messages: 2 },
  ]);

  await (await bull(redis).getJob(mixed.id))?.retry();
  const [again] = (await take(queue)) as [TakenJob];
  expect(await bySource(redis)).toMatchObject({ web: { received: 2, waiting: 2 } });
  await reject(queue, again);
  await trimFailed({ redis, connectionId: id, bounds: { messages: 0, bytes: 1e9, ageMs: 1e9 } });
  expect(await bySource(redis)).toEqual({
    web: { received: 2, removed: 2 },
    app: { received: 2, delivered: 1, removed: 1 },
    unknown: { received: 2, waiting: 1, removed: 1 },
  });

  await fill(redis, [from("web", entry("m7"))]);
  const [lost] = await redis.lrange(`customerio-router:{${id}}:wait`, 0, 0);
  const key = `customerio-router:{${id}}:${lost}`;
  const hash = await redis.dumpBuffer(key);
  await redis.del(key);
  expect(await recount(redis, id)).toBe(true);
  expect(await bySource(redis)).toMatchObject({ web: { received: 3, removed: 2, unaccounted: 1 } });
  await redis.restore(key, 0, hash as Buffer);
  expect(await recount(redis, id)).toBe(true);
  expect(await bySource(redis)).toMatchObject({ web: { received: 3, removed: 2, waiting: 1 } });
  expect(await recount(redis, id)).toBe(true);
});

test("a job counted by an earlier version is counted by source when it is taken", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, [from("web", entry("m1"))]);
  const [job] = await redis.lrange(`customerio-router:{${id}}:wait`, 0, 0);
  const day = Math.floor(Date.now() / dayMs);
  const totals = `customerio-router:ledger:{${id}}`;
  await redis.hset(`customerio-router:{${id}}:${job}`, "ledger", JSON.stringify([[day, 1]]));
  await redis.hdel(totals, "received~web", "s|web", "sources");
  await redis.del(`${totals}:${day}~web`);
  expect(await bySource(redis)).toEqual({ unknown: { received: 1, waiting: 1 } });
  for (const each of await take(queue)) await deliver(queue, each);
  expect(await bySource(redis)).toEqual({ web: { received: 1, delivered: 1 } });
});

test("at most 25 sources are counted apart, and the others together, also once their days are packed", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const receivedAtMs = Date.now() - 3 * dayMs;
  const entries = Array.from({ length: 30 }, (_, index) =>
    from(`s${index}`, entry(`m${index}`, "Bought", receivedAtMs)),
  );
  await fill(redis, entries, { asOneJob: true });
  for (const job of await take(queue)) await deliver(queue, job);
  const one = { received: 1, delivered: 1 };
  const counted = await bySource(redis);
  expect(counted).toEqual({
    ...Object.fromEntries(Object.keys(counted).map((source) => [source, one])),
    other: { received: 5, delivered: 5 },
  });
  expect(Object.keys(counted)).toHaveLength(26);
  const read = () => readLedger(redis, id, { by: "day", source: "other" });
  const before = await read();
  await packDays(redis, id);
  expect(await redis.keys(`customerio-router:ledger:{${id}}:*~*`)).toEqual([]);
  expect(await read()).toEqual(before);
});

test("a day has at most 500 events by name, and the others together", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(
    redis,
    Array.from({ length: 620 }, (_, index) => entry(`m${index}`, `E${index}`)),
    { asOneJob: true },
  );
  for (const job of await take(queue)) await deliver(queue, job);
  const { split } = await readLedger(redis, id, { by: "event" });
  expect(split.rows).toHaveLength(501);
  expect(split.rows[0]).toEqual({ event: "other", delivered: 120, skipped: 0, rejected: 0, removed: 0 });
  expect(await account(redis)).toEqual({ ...none, received: 620, delivered: 620 });
});

test("days before yesterday are packed, still take what comes late, and are forgotten after 90 days", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  const now = Date.now();
  await fill(redis, [
    entry("a", "Old", now - 3 * dayMs),
    entry("b", "Old", now - 3 * dayMs),
    entry("c", "New", now),
  ]);
  const [first, second] = (await take(queue)) as [TakenJob, TakenJob];
  await deliver(queue, first);
  const live = `customerio-router:ledger:{${id}}:${Math.floor(now / dayMs) - 3}`;
  const before = await account(redis);
  await packDays(redis, id);
  expect(await redis.exists(live)).toBe(0);
  expect(await account(redis)).toEqual(before);
  await reject(queue, second);
  await packDays(redis, id);
  expect(await redis.exists(live)).toBe(0);
  expect(await account(redis)).toEqual({ ...none, received: 3, delivered: 1, rejected: 1, waiting: 1 });
  const ofOldDay = await readLedger(redis, id, { by: "event", from: 0, to: Math.floor(now / dayMs) - 1 });
  expect(ofOldDay.total).toEqual({ ...none, received: 2, delivered: 1, rejected: 1 });
  expect(ofOldDay.split.rows).toEqual([
    { event: "track Old", delivered: 1, skipped: 0, rejected: 1, removed: 0 },
  ]);
  vi.useFakeTimers({ now: now + 88 * dayMs, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  await packDays(redis, id);
  expect(await redis.hkeys(`customerio-router:ledger:{${id}}:days`)).toEqual([
    String(Math.floor(now / dayMs)),
  ]);
});

test("a recount that finds nothing missing succeeds while messages come and go all the time", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  let goesOn = true;
  let number = 0;
  const enqueuer = createEnqueuer({ redis });
  const traffic = (async () => {
    for (; goesOn; number++) {
      await enqueuer.enqueue(id, [entry(`m${number}`)]);
      const [job] = await take(queue, 1);
      if (job && number % 3 > 0) await (number % 3 > 1 ? reject(queue, job) : deliver(queue, job));
    }
  })();
  while (number < 60) expect(await recount(redis, id)).toBe(true);
  goesOn = false;
  await traffic;
  const { unaccounted, rejected, waiting } = await account(redis);
  expect(unaccounted).toBe(0);
  expect(Math.min(rejected, waiting)).toBeGreaterThan(0);
});

test("a rejected message whose name is half a character is counted, trimmed and removed as any other", async () => {
  const redis = await openRedis();
  const { queue } = await own(redis);
  await fill(redis, [
    entry("a", "half \ud83d"),
    entry("b", `${"x".repeat(92)}\u{1f600}`),
    entry("c", "zero \u0000"),
  ]);
  for (const job of await take(queue)) await reject(queue, job);
  const { split } = await readLedger(redis, id, { by: "event" });
  expect(split.rows).toHaveLength(3);
  const [first] = await bull(redis).getFailed();
  await first?.remove();
  expect(await trimFailed({ redis, connectionId: id, bounds: { messages: 0, bytes: 0, ageMs: 0 } })).toBe(2);
  expect(await account(redis)).toEqual({ ...none, received: 3, removed: 3 });
});
