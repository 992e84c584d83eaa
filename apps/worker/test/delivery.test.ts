import { waitFor } from "@customerio-router/fixtures";
import { findRecords } from "@customerio-router/reports";
import { describe, expect, test } from "vitest";
import { startDestination } from "./destination.ts";
import { disposed, firstFailed, openSetting } from "./setting.ts";

const people = (count: number) => Array.from({ length: count }, (_, number) => `p${number}`);

describe("the way of a message", () => {
  test("what was enqueued arrives, in batches, and its jobs are completed", async () => {
    const { destination, queue, track, startWorker } = await openSetting();
    for (let round = 0; round < 5; round++) await track(people(200));
    startWorker();
    await waitFor(() => destination.visible().length === 1000, { what: "all 1,000" });
    expect(destination.received.length).toBeLessThan(10);
    await waitFor(async () => (await queue.getWaitingCount()) + (await queue.getActiveCount()) === 0, {
      what: "the jobs",
    });
    expect(await queue.getCompletedCount()).toBe(10);
    const [job] = await queue.getCompleted();
    expect(job?.returnvalue).toEqual({ delivered: 100 });
  });

  test("what comes while the worker runs arrives soon, and in order for each person", async () => {
    const { destination, track, startWorker } = await openSetting();
    startWorker();
    for (let round = 0; round < 40; round++) await track(["a", "b", "a"]);
    await waitFor(() => destination.visible().length === 120, { what: "all 120" });
    for (const person of ["a", "b"]) {
      const numbers = destination
        .visible()
        .filter(({ identifiers }) => identifiers.id === person)
        .map(({ name }) => Number(name?.slice(1)));
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    }
  });

  test("an event too large for a batch goes by v1, in its person's order", async () => {
    const { destination, track, startWorker } = await openSetting();
    await track(["a"]);
    await track(["a"], { properties: Object.fromEntries(people(60).map((name) => [name, "x".repeat(900)])) });
    await track(["a"]);
    startWorker();
    await waitFor(() => destination.visible().length === 3, { what: "all three" });
    expect(destination.visible().map(({ name }) => name)).toEqual(["E0", "E1", "E2"]);
    expect(destination.received[1]?.path).toBe("/api/v1/customers/a/events");
  });

  test("a message that cannot be mapped fails with its reason, the others of its job go on", async () => {
    const { destination, connection, enqueuer, queue, startWorker } = await openSetting();
    const good = { message: { type: "track", messageId: "g", userId: "a", event: "Good" } };
    const bad = { message: { type: "track", messageId: "b", userId: "x".repeat(200), event: "Bad" } };
    const skipped = { message: { type: "track", messageId: "s", anonymousId: "x", event: "Nobody" } };
    await enqueuer.enqueue(connection.id, [bad, good, skipped]);
    startWorker();
    const failed = await firstFailed(queue);
    expect(failed?.data.entries).toEqual([
      { ...bad, rejected: expect.objectContaining({ reason: "id-too-long" }) },
    ]);
    expect(failed?.failedReason).toMatch(/userId/);
    expect(destination.visible().map(({ name }) => name)).toEqual(["Good"]);
  });

  test("nothing is believed of a job added by hand", async () => {
    const { client, connection, destination, queue, startWorker } = await openSetting();
    await queue.add("x", null as never);
    await queue.add("x", { entries: "no" } as never);
    await queue.add("x", { entries: [{ cut: true, message: "{" }] });
    await queue.add("x", { type: "track", userId: "a", event: "By hand", messageId: "h" } as never);
    startWorker();
    await waitFor(() => destination.visible().length === 1, { what: "the good one" });
    await waitFor(async () => (await queue.getFailedCount()) === 3, { what: "the others to fail" });
    const record = await waitFor(async () => (await findRecords(client, connection.id, "h"))[0], {
      what: "the record of the bare call",
    });
    expect(record).toMatchObject({ outcome: "delivered", message: { event: "By hand" } });
  });
});

describe("the record", () => {
  test("tells of each message what became of it, with every attempt", async () => {
    const { client, connection, destination, enqueuer, startWorker } = await openSetting();
    destination.reply = () => (destination.received.length === 1 ? { status: 503 } : undefined);
    const good = { type: "track", messageId: "good", userId: "a", event: "Good" };
    const bad = { type: "track", messageId: "bad", userId: "x".repeat(200), event: "Bad" };
    const nobody = { type: "track", messageId: "nobody", anonymousId: "x", event: "Nobody" };
    await enqueuer.enqueue(connection.id, [{ message: good }, { message: bad }, { message: nobody }]);
    startWorker();
    const recordOf = (messageId: string) =>
      waitFor(async () => (await findRecords(client, connection.id, messageId))[0], {
        what: `record of ${messageId}`,
      });
    expect(await recordOf("good")).toMatchObject({
      outcome: "delivered",
      requests: 2,
      attempts: [
        { status: 503, decision: "deferred" },
        { status: 200, decision: "settled" },
      ],
      message: good,
    });
    expect(await recordOf("bad")).toMatchObject({
      outcome: "rejected",
      rejection: { reason: "id-too-long" },
    });
    expect(await recordOf("nobody")).toMatchObject({
      outcome: "skipped",
      reason: "anonymous-event",
      requests: 0,
    });
  });
});

describe("pace", () => {
  test("no more requests are in flight than may be", async () => {
    const { destination, track, startWorker } = await openSetting({ inFlight: 3, batchOperations: 10 });
    destination.reply = () => ({ status: 200, afterMs: 20 });
    await track(people(500));
    startWorker();
    await waitFor(() => destination.visible().length === 500, { what: "all" });
    expect(destination.maxAtOnce).toBe(3);
  });

  test("the limiter counts requests", async () => {
    const { destination, track, startWorker } = await openSetting({
      limiter: { max: 4, duration: 300 },
      batchOperations: 10,
    });
    await track(people(160));
    startWorker();
    await waitFor(() => destination.visible().length === 160, { what: "all" });
    const times = destination.received.map(({ atMs }) => atMs);
    // Sixteen requests, four in any 300 ms; where they arrive, the network has its say too.
    expect((times.at(-1) as number) - (times[0] as number)).toBeGreaterThan(3 * 300 - 50);
  });

  test("one person with most of the traffic does not hold up the others", async () => {
    const { destination, track, startWorker } = await openSetting({ batchOperations: 50 });
    destination.reply = () => ({ status: 200, afterMs: 30 });
    for (let round = 0; round < 10; round++)
      await track([...Array.from({ length: 90 }, () => "hot"), ...people(10)]);
    startWorker();
    await waitFor(() => destination.visible().length === 1000, { what: "all" });
    const lastOther = destination.visible().findLastIndex(({ identifiers }) => identifiers.id !== "hot");
    expect(lastOther).toBeLessThan(600);
  });
});

describe("connections", () => {
  test("a new one is picked up without restart, a removed one is left", async () => {
    const { createConnection, destination, store, track, startWorker } = await openSetting();
    startWorker();
    await track(["a"]);
    await waitFor(() => destination.visible().length === 1, { what: "the first" });
    const other = disposed(await startDestination());
    const connection = await createConnection("Other", other);
    await track(["a"], {}, connection.id);
    await waitFor(() => other.visible().length === 1, { what: "the other's" });
    await store.remove(connection.id);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await track(["a"], {}, connection.id);
    await track(["a"]);
    await waitFor(() => destination.visible().length === 2, { what: "the first's second" });
    expect(other.visible().length).toBe(1);
  });

  test("two workers share them, and when one goes the other takes all", async () => {
    const { createConnection, destination, startWorker, track } = await openSetting();
    const ids: string[] = [];
    for (const name of ["A", "B", "C"]) ids.push((await createConnection(name, destination)).id);
    const first = startWorker();
    await waitFor(async () => (await held(first)) === 4, { what: "four leases" });
    const second = startWorker();
    await waitFor(async () => (await held(second)) === 2 && (await held(first)) === 2, { what: "two each" });
    await second[Symbol.asyncDispose]();
    await waitFor(async () => (await held(first)) === 4, { what: "all four" });
    for (const id of ids) await track(["a"], {}, id);
    await waitFor(() => destination.visible().length === 3, { what: "all three" });
  });

  async function held(worker: { readMetrics(): Promise<string> }): Promise<number> {
    return (await worker.readMetrics())
      .split("\n")
      .filter((line) => /^customerio_router_lease_held\{.* 1$/.test(line)).length;
  }
});

test("a worker that stops finishes what is in flight and gives the rest back in order", async () => {
  const { destination, queue, track, startWorker } = await openSetting({ inFlight: 1, batchOperations: 10 });
  destination.reply = () => ({ status: 200, afterMs: 50 });
  for (let round = 0; round < 30; round++) await track(people(10));
  const worker = startWorker();
  await waitFor(() => destination.visible().length >= 50, { what: "some" });
  await worker[Symbol.asyncDispose]();
  const delivered = destination.visible().length;
  expect(await queue.getActiveCount()).toBe(0);
  expect((await queue.getCompletedCount()) * 10).toBe(delivered);
  expect((await queue.getWaitingCount()) * 10).toBe(300 - delivered);
  const next = startWorker();
  await waitFor(() => destination.visible().length === 300, { what: "the rest" });
  await next[Symbol.asyncDispose]();
  const numbers = destination.visible().map(({ name }) => Number(name?.slice(1)));
  expect(numbers).toEqual(Array.from({ length: 300 }, (_, number) => number));
  expect(destination.received.length).toBe(30);
});

test("a worker that stops does not wait for ever for a destination that hangs", async () => {
  const { destination, queue, track, startWorker } = await openSetting({ deadlineMs: 60_000 });
  destination.reply = () => () => {};
  await track(people(3));
  const worker = startWorker();
  await waitFor(() => destination.received.length >= 1, { what: "the request" });
  const startedAt = performance.now();
  await worker[Symbol.asyncDispose]();
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(await queue.getWaitingCount()).toBe(1);
});
