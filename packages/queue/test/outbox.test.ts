import { startRedis, waitFor } from "@customerio-router/fixtures";
import { isReady, leaseKey, outboxKeys, type RedisClient } from "@customerio-router/redis";
import {
  appendRecords,
  findRecords,
  readElements,
  recordBytes,
  trimRecords,
  writeTraces,
} from "@customerio-router/reports";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  createBackend,
  createEnqueuer,
  FencedError,
  forgetConnection,
  type Lease,
  type Outbox,
  type OutboxCut,
  openJobQueue,
  openOutbox,
  scanJobs,
} from "../src/index.ts";
import { connect, id, openCluster, openRedis, own } from "./open-queue.ts";

/** Delivers this many messages, each a job of its own, and one job in two steps. */
async function settle(redis: RedisClient, lease: Lease, jobs: number): Promise<void> {
  const queue = openJobQueue({ redis, lease });
  const enqueuer = createEnqueuer({ redis });
  const entries = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      message: { type: "track", messageId: `m${from + index}`, userId: "u", event: "E" },
    }));
  for (const entry of entries(0, jobs)) await enqueuer.enqueue(id, [entry]);
  await enqueuer.enqueue(id, entries(jobs, 2));
  const outcome = { kind: "delivered" as const };
  for (const job of (await queue.take(jobs + 1)).jobs) {
    const [first, ...rest] = job.data.entries;
    for (let left = [first, ...rest]; left.length > 0; left = left.slice(1)) {
      const [entry] = left;
      if (!entry) throw new Error("an empty job");
      const settled = [{ entry, outcome }];
      const [operation, json] = [{ name: "E" }, '{"name":"E"}'];
      const traces = writeTraces([
        { entry, outcome, requests: 1, attempts: [], operations: [{ operation, json }] },
      ]);
      const data = { entries: left.slice(1).flatMap((each) => each ?? []) };
      if (left.length > 1) await queue.settle(job, { settled, traces, state: "active", data });
      else await queue.settle(job, { settled, traces, state: "completed", result: null });
    }
  }
}

async function read(redis: RedisClient, outbox: Outbox, cut: OutboxCut): Promise<string[]> {
  const ids: string[] = [];
  for await (const elements of outbox.read(cut)) {
    const records = (await readElements(redis, id, elements)).flat();
    expect(records.every(({ operations }) => operations.length === 1)).toBe(true);
    ids.push(...records.map(({ messageId }) => messageId));
  }
  return ids;
}

const all = { dueBytes: 0, maxBytes: 1e9, dueBeforeMs: Number.MAX_SAFE_INTEGER };
const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `m${from + index}`);

describe.each([
  ["a single Redis", openRedis],
  ["a Cluster", openCluster],
])("the outbox in %s", (_, open) => {
  test("is cut in the order of settling, read under the lease, and removed with its jobs", async () => {
    const redis = await open();
    const { lease } = await own(redis);
    const outbox = openOutbox({ redis, lease });
    await settle(redis, lease, 150);
    const cut = await outbox.open(all);
    if (!cut) throw new Error("nothing is due");
    expect(await outbox.open({ ...all, maxBytes: 1 })).toEqual(cut);
    expect(await read(redis, outbox, cut)).toEqual(names(0, 152));
    await outbox.remove(cut);
    await outbox.remove(cut);
    expect(await recordBytes(redis, id)).toBe(0);
    expect(await redis.zcard(`customerio-router:{${id}}:completed`)).toBe(0);
    expect(await outbox.open(all)).toBeUndefined();
  });
});

test("a cut takes as much as is asked for, once there is enough or it is old enough", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  const outbox = openOutbox({ redis, lease });
  await settle(redis, lease, 50);
  const bytes = await recordBytes(redis, id);
  const inTime = { dueBeforeMs: Date.now() - 60_000 };
  expect(await outbox.open({ ...inTime, dueBytes: bytes + 1, maxBytes: bytes })).toBeUndefined();
  const cut = await outbox.open({ ...inTime, dueBytes: bytes, maxBytes: bytes / 2 });
  expect((cut?.last ?? 0) - (cut?.first ?? 0)).toBeGreaterThan(20);
  expect((cut?.last ?? 0) - (cut?.first ?? 0)).toBeLessThan(32);
});

test("F292 an older copy of Redis is put back: no cut has a number that the archive has already", async () => {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connect(server.url);
  const { lease } = await own(redis);
  const outbox = openOutbox({ redis, lease });
  const { outbox: list, meta } = outboxKeys(id);
  await settle(redis, lease, 10);
  const first = await outbox.open({ ...all, maxBytes: (await recordBytes(redis, id)) / 2 });
  if (!first) throw new Error("nothing is due");
  await outbox.remove(first);
  const copies = await Promise.all(
    [list, meta].map(async (key) => [key, await redis.dumpBuffer(key)] as const),
  );
  const archived = await outbox.open(all);
  // Cuts of one owner follow each other, so that small segments can be merged.
  expect(archived?.first).toBe(first.last + 1);

  async function putBack(): Promise<void> {
    for (const [key, copy] of copies) await redis.restore(key, 0, copy, "REPLACE");
  }
  await putBack();
  await server.restart();
  await waitFor(() => isReady(redis), { what: "Redis" });
  const ofTheSameOwner = await outbox.open(all);
  expect(ofTheSameOwner?.first).toBeGreaterThan(archived?.last ?? Number.NaN);

  await putBack();
  await redis.del(leaseKey(id));
  const ofTheNext = await openOutbox({ redis, lease: (await own(redis)).lease }).open(all);
  expect(ofTheNext?.first).toBeGreaterThan(ofTheSameOwner?.last ?? Number.NaN);
});

test("what is removed to make room leaves the cut, and no number comes twice", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  const outbox = openOutbox({ redis, lease });
  await settle(redis, lease, 40);
  const cut = await outbox.open({ ...all, maxBytes: (await recordBytes(redis, id)) / 2 });
  if (!cut) throw new Error("nothing is due");
  const reading = outbox.read(cut);
  const bytes = await recordBytes(redis, id);
  expect(await trimRecords(redis, id, { beforeMs: 0, bytes: bytes * 0.8 })).toBeGreaterThan(5);
  await expect(reading.next()).rejects.toThrow("removed while");
  const rest = await outbox.open(all);
  expect(rest?.last).toBe(cut.last);
  expect(rest?.first).toBeGreaterThan(cut.first);
  if (!rest) throw new Error("nothing is left of it");
  const ids = await read(redis, outbox, rest);
  expect(ids[0]).toBe(`m${rest.first - cut.first}`);
  // The former cut is none any more.
  await outbox.remove(cut);
  expect(await outbox.open(all)).toEqual(rest);
  await outbox.remove(rest);
  const next = await outbox.open(all);
  expect(next?.first).toBe(cut.last + 1);
  await redis.flushall();
  await appendRecords(redis, id, [
    {
      messageId: "x",
      jobId: "g",
      atMs: Date.now(),
      outcome: "skipped",
      requests: 0,
      attempts: [],
      operations: [],
      message: {},
    },
  ]);
  const anew = openOutbox({ redis, lease: (await own(redis)).lease });
  expect((await anew.open(all))?.first).toBeGreaterThan(next?.last ?? 0);
});

test("a former owner can neither open, read nor remove", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  const outbox = openOutbox({ redis, lease });
  await settle(redis, lease, 3);
  const cut = await outbox.open(all);
  if (!cut) throw new Error("nothing is due");
  await redis.del(`customerio-router:lease:{${id}}`, `customerio-router:fence:{${id}}`);
  const successor = openOutbox({ redis, lease: (await own(redis)).lease });
  await expect(outbox.open(all)).rejects.toThrow(FencedError);
  await expect(outbox.read(cut).next()).rejects.toThrow(FencedError);
  await expect(outbox.remove(cut)).rejects.toThrow(FencedError);
  expect(await successor.open(all)).toEqual(cut);
});

test("a cut that another hand removes while its last part is worked on does not end as if it were whole", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  const outbox = openOutbox({ redis, lease });
  await settle(redis, lease, 3);
  const cut = await outbox.open(all);
  if (!cut) throw new Error("nothing is due");
  const reading = outbox.read(cut);
  expect((await reading.next()).value).toHaveLength(5);
  await openOutbox({ redis, lease }).remove(cut);
  await expect(reading.next()).rejects.toThrow("removed while");
});

test("a completed job that a person takes out of Bull Board stays a record, and is forgotten with its connection", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  await settle(redis, lease, 3);
  const backend = createBackend(redis);
  expect(await backend.queue(id).clean(0, 0, "completed")).toHaveLength(4);
  expect(await findRecords(redis, id, "m1")).toHaveLength(1);
  const found: string[] = [];
  for await (const { state, data } of scanJobs(redis, id)) if (state === "completed") found.push(data);
  expect(found.join()).toContain('"m1"');
  await forgetConnection({ redis, backend, connectionId: id });
  expect(await redis.keys("*one*")).toEqual([`customerio-router:gone:{${id}}`]);
});
