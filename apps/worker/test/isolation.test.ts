import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { readStatus } from "@customerio-router/reports";
import { describe, expect, test } from "vitest";
import type { Item, Reply } from "./destination.ts";
import { firstFailed, openSetting } from "./setting.ts";

const people = (count: number) => Array.from({ length: count }, (_, number) => `p${number}`);
const holds = (items: Item[], event: string) => items.some(({ name }) => name === event);

async function expectIsolated([name, reply]: [string, Reply]): Promise<void> {
  const { connection, destination, queue, startWorker, store, track } = await openSetting({
    deadlineMs: 1_000,
  });
  destination.reply = ({ items }) => (holds(items, "E42") ? reply : undefined);
  await track(people(100));
  startWorker();
  await waitFor(() => destination.visible().length === 99, {
    what: `the others beside ${name}`,
    timeoutMs: 50_000,
  });
  destination.reply = () => undefined;
  // It may rest for up to a minute by now: saving the connection sends it at once.
  await store.update(connection.id, { siteId: "mended" });
  await waitFor(() => destination.visible().length === 100, {
    what: `what was answered ${name}`,
    timeoutMs: 50_000,
  });
  expect(await queue.getFailedCount()).toBe(0);
}

describe("one operation that Customer.io cannot bear", () => {
  // Side by side, since each of them waits for most of its time.
  test("F51 which is answered 502, 503, 504, 408 or not at all each time holds up nobody else, and is never rejected", {
    timeout: 120_000,
  }, async () => {
    const statuses = [502, 503, 504, 408].map((status): [string, Reply] => [`${status}`, { status }]);
    await Promise.all([...statuses, ["silence", () => {}] as [string, Reply]].map(expectIsolated));
  });

  test("F52 once an outage is over, nobody is under suspicion any more", async () => {
    const { destination, startWorker, track } = await openSetting();
    const failures = 6;
    destination.reply = () => (destination.received.length <= failures ? { status: 500 } : undefined);
    await track(people(100));
    startWorker();
    await waitFor(() => destination.visible().length === 100, { what: "all", timeoutMs: 28_000 });
    // By then requests were down to 25: the first one shows that it was an outage.
    expect(destination.received[failures]?.items).toHaveLength(25);
    expect(destination.received.length - failures).toBeLessThanOrEqual(3);
  });
});

describe("answers to everything", () => {
  test.each([402, 406, 409, 451])(
    "F53 a %i to everything needs attention and rejects nothing",
    async (status) => {
      const { client, connection, destination, queue, startWorker, track } = await openSetting();
      destination.reply = () => ({ status });
      await track(people(100));
      startWorker();
      await waitFor(async () => (await readStatus(client, connection.id))?.state === "needs-attention", {
        what: "the status",
      });
      await waitFor(async () => (await queue.getWaitingCount()) === 1, { what: "the job to be given back" });
      expect(destination.received).toHaveLength(1);
      expect(await queue.getFailedCount()).toBe(0);
    },
  );

  test("F54 where 200 operations in a row were rejected over half a minute, the others wait for a person", {
    timeout: 90_000,
  }, async () => {
    const { client, connection, destination, queue, startWorker, store, track } = await openSetting({
      batchOperations: 10,
    });
    destination.reply = ({ items }) => ({
      status: 207,
      body: { errors: items.map((_, batch_index) => ({ batch_index, reason: "invalid" })) },
    });
    startWorker();
    const isBroken = async () => (await readStatus(client, connection.id))?.state === "needs-attention";
    const startedAtMs = performance.now();
    let sent = 0;
    while (!(await isBroken()) && performance.now() - startedAtMs < 60_000) {
      await track(people(20));
      sent += 20;
      await delay(500);
    }
    expect(performance.now() - startedAtMs).toBeGreaterThan(29_000);
    await waitFor(async () => (await queue.getWaitingCount()) > 0, { what: "jobs to be given back" });
    const failed = (await queue.getFailed()).flatMap(({ data }) => data.entries);
    expect(failed.length).toBeGreaterThanOrEqual(200);
    expect(failed.length).toBeLessThan(sent);

    destination.reply = () => undefined;
    await store.update(connection.id, { siteId: "mended" });
    await waitFor(() => destination.visible().length === sent - failed.length, { what: "the others" });
  });

  test("F55 a 404 to an event on v1 rejects that event alone", async () => {
    const { destination, queue, startWorker, track } = await openSetting();
    destination.reply = ({ path }) => (path.startsWith("/api/v1/") ? { status: 404 } : undefined);
    await track(["a"], { properties: Object.fromEntries(people(60).map((name) => [name, "x".repeat(900)])) });
    await track(["a", "b"]);
    startWorker();
    await waitFor(() => destination.visible().length === 2, { what: "the others" });
    expect((await firstFailed(queue))?.failedReason).toMatch(/404/);
  });

  test("F56 an error entry without batch_index is nobody's delivery: smaller requests find out whom it means", async () => {
    const { destination, queue, startWorker, track } = await openSetting();
    destination.reply = ({ items }) =>
      holds(items, "E3")
        ? { status: 207, body: { errors: [{ reason: "invalid", message: "odd" }] } }
        : undefined;
    await track(people(8));
    startWorker();
    const failed = await firstFailed(queue);
    expect(failed?.data.entries).toMatchObject([
      { message: { event: "E3" }, rejected: { message: expect.stringContaining("odd") } },
    ]);
    await waitFor(() => destination.visible().length >= 7, { what: "the others" });
  });
});
