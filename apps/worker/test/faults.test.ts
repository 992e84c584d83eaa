import { gzipSync } from "node:zlib";
import { connectionSettings } from "@customerio-router/connections";
import { waitFor } from "@customerio-router/fixtures";
import { mapCall } from "@customerio-router/mapping";
import { readStatus } from "@customerio-router/reports";
import { describe, expect, test } from "vitest";
import { mapJob } from "../src/delivery/take/map-job.ts";
import { type Item, startDestination } from "./destination.ts";
import { disposed, firstFailed, openSetting } from "./setting.ts";

const people = (count: number) => Array.from({ length: count }, (_, number) => `p${number}`);
const names = (items: Item[]) => items.map(({ name }) => name);

/** Each person's events in the order they were enqueued. */
function expectInOrder(items: Item[]): void {
  const last = new Map<string, number>();
  for (const { identifiers, name } of items) {
    const number = Number(name?.slice(1));
    expect(number, `${identifiers.id} out of order`).toBeGreaterThan(last.get(identifiers.id ?? "") ?? -1);
    last.set(identifiers.id ?? "", number);
  }
}

/** An event with one id never had two bodies. */
function expectOneBodyAnId(destination: { received: { items: Item[] }[] }): void {
  const bodies = new Map<string, string>();
  for (const item of destination.received.flatMap(({ items }) => items)) {
    const body = JSON.stringify(item);
    expect(bodies.get(item.id as string) ?? body).toBe(body);
    bodies.set(item.id as string, body);
  }
}

describe("F11 a destination that asks for patience", () => {
  test.each([
    ["without Retry-After", {}, 0, 1_500],
    ["with Retry-After in seconds", { "retry-after": "2" }, 2_000, 3_500],
    ["with Retry-After as a date", { "retry-after": new Date(Date.now() + 600_000).toUTCString() }, 0, 0],
    ["with a negative Retry-After", { "retry-after": "-5" }, 0, 1_500],
  ])(
    "F11 a 429 %s pauses the connection, loses nothing and keeps the order",
    async (_, headers, leastMs, maxMs) => {
      const { destination, track, startWorker, connection, store, queue } = await openSetting();
      destination.reply = () => (destination.received.length === 1 ? { status: 429, headers } : undefined);
      await track(["a", "b", "a"]);
      startWorker();
      await waitFor(() => destination.received.length >= 1, { what: "the first try" });
      await track(["a"]);
      if (maxMs === 0) {
        // Minutes away: the jobs wait in the queue meanwhile, and saving the connection tries at once.
        await waitFor(async () => (await queue.getWaitingCount()) === 2, {
          what: "the jobs to be given back",
        });
        expect(destination.received.length).toBe(1);
        await store.update(connection.id, { siteId: "other" });
      }
      await waitFor(() => destination.visible().length === 4, { what: "all four" });
      expect(names(destination.visible())).toEqual(["E0", "E1", "E2", "E3"]);
      const [first, second] = destination.received;
      const pausedMs = (second?.atMs ?? 0) - (first?.atMs ?? 0);
      expect(pausedMs).toBeGreaterThanOrEqual(leastMs);
      if (maxMs > 0) expect(pausedMs).toBeLessThan(maxMs);
      expectOneBodyAnId(destination);
    },
  );
});

describe("F12 a destination that fails", () => {
  // 502 and 504 are read as 503 is: the client's tests show it.
  test.each([500, 503])(
    "F12 %i for a while: paced probes, nobody rejected, then all in order",
    async (status) => {
      const { destination, track, startWorker, queue } = await openSetting({
        batchOperations: 20,
        attempts: 1,
      });
      let away = true;
      destination.reply = () => (away ? { status } : undefined);
      for (let round = 0; round < 10; round++) await track(people(20));
      startWorker();
      await waitFor(() => destination.received.length >= 4, { what: "probes", timeoutMs: 25_000 });
      away = false;
      await waitFor(() => destination.visible().length === 200, { what: "all", timeoutMs: 25_000 });
      expectInOrder(destination.visible());
      expectOneBodyAnId(destination);
      expect(await queue.getFailedCount()).toBe(0);
    },
  );

  test("F12 other connections do not notice", async () => {
    const { destination, track, startWorker, createConnection } = await openSetting();
    destination.reply = () => ({ status: 503 });
    const other = disposed(await startDestination());
    const connection = await createConnection("Other", other);
    startWorker();
    await track(people(10));
    await waitFor(() => destination.received.length > 1, { what: "failures" });
    await track(people(100), {}, connection.id);
    await waitFor(() => other.visible().length === 100, { what: "the other's" });
  });

  test("F12 a message Customer.io cannot bear is found, rejected alone, and the others go on", async () => {
    const { destination, track, startWorker, queue } = await openSetting({ attempts: 2 });
    destination.reply = ({ items }) =>
      items.some(({ name }) => name === "E3") ? { status: 500 } : undefined;
    await track(people(8));
    startWorker();
    await waitFor(() => destination.visible().length === 7, { what: "the others", timeoutMs: 25_000 });
    for (let round = 0; round < 20 && (await queue.getFailedCount()) === 0; round++) {
      await track(["somebody else"]);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const [failed] = await queue.getFailed();
    expect(failed?.data.entries).toMatchObject([
      { message: { event: "E3" }, rejected: { reason: "failed-at-customerio" } },
    ]);
  });
});

describe("F13 connections that break", () => {
  test("F13 refused, then reset in the middle of the answer: sent again with the same body and id", async () => {
    const { destination, track, startWorker, store, connection } = await openSetting();
    await store.update(connection.id, { trackUrl: "http://127.0.0.1:1" });
    destination.reply = () =>
      destination.received.length === 1
        ? (_, response) => {
            response.writeHead(200, { "content-length": "100" });
            response.write("{");
            setTimeout(() => response.destroy(), 20);
          }
        : undefined;
    await track(["a", "b"]);
    startWorker();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await store.update(connection.id, { trackUrl: destination.url });
    await waitFor(() => destination.received.length >= 2, { what: "the second try" });
    await waitFor(() => destination.visible().length === 2, { what: "both" });
    expectOneBodyAnId(destination);
  });

  test("F14 a reply that trickles is cut at the deadline and the request sent again", async () => {
    const { destination, track, startWorker } = await openSetting({ deadlineMs: 1_000 });
    destination.reply = () =>
      destination.received.length === 1
        ? (_, response) => {
            response.writeHead(200);
            const timer = setInterval(() => response.write(" "), 100);
            response.on("close", () => clearInterval(timer));
          }
        : undefined;
    await track(["a"]);
    startWorker();
    await waitFor(() => destination.visible().length === 1, { what: "it" });
    const [first, second] = destination.received;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  });
});

describe("F15 odd replies", () => {
  test.each([
    ["an empty 200", { status: 200, body: "" }],
    ["a 204", { status: 204, body: "" }],
    ["any JSON", { status: 201, body: { anything: [1] } }],
  ])("F15 %s counts as delivered", async (_, reply) => {
    const { destination, track, startWorker, queue } = await openSetting();
    destination.reply = () => reply;
    await track(["a"]);
    startWorker();
    await waitFor(async () => (await queue.getCompletedCount()) === 1, { what: "the job" });
    expect(destination.received.length).toBe(1);
  });

  test("F15 a page of HTML with 200 does not: it is sent again", async () => {
    const { destination, track, startWorker } = await openSetting();
    destination.reply = () =>
      destination.received.length === 1 ? { status: 200, body: "<html>" } : undefined;
    await track(["a"]);
    startWorker();
    await waitFor(() => destination.received.length >= 2, { what: "the second try" });
  });
});

test("F17 a reply that unpacks to 200 MB is not read on, and the request sent again", async () => {
  const { destination, track, startWorker } = await openSetting();
  const body = gzipSync(Buffer.alloc(200_000_000));
  destination.reply = () =>
    destination.received.length === 1
      ? (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(body)
      : undefined;
  await track(["a"]);
  startWorker();
  const before = process.memoryUsage().rss;
  await waitFor(() => destination.visible().length === 1, { what: "it" });
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});

describe("F16, F19 what only a person can mend", () => {
  test.each([
    ["F16", 301],
    ["F16", 404],
    ["F16", 405],
    ["F16", 407],
    ["F19", 401],
    ["F19", 403],
  ])(
    "%s a %i needs attention: nothing is lost, jobs wait in the queue, saving the connection goes on at once",
    async (_, status) => {
      const { destination, track, startWorker, queue, client, connection, store } = await openSetting();
      destination.reply = () => ({ status, headers: { location: "http://127.0.0.1:1/" } });
      const expected = status === 401 || status === 403 ? "keys-refused" : "needs-attention";
      await track(["a", "b", "a"]);
      startWorker();
      await waitFor(async () => (await readStatus(client, connection.id))?.state === expected, {
        what: "the status",
      });
      await waitFor(async () => (await queue.getWaitingCount()) === 1, { what: "the job to be given back" });
      await track(["a"]);
      expect(destination.received.length).toBe(1);
      destination.reply = () => undefined;
      await store.update(connection.id, { apiKey: "the-right-key-this-time" });
      await waitFor(() => destination.visible().length === 4, { what: "all" });
      expect(names(destination.visible())).toEqual(["E0", "E1", "E2", "E3"]);
      await waitFor(async () => (await readStatus(client, connection.id))?.state === "active", {
        what: "the status",
      });
    },
  );
});

describe("F20, F21, F22 what Customer.io rejects", () => {
  test("F20 one rejected operation fails with Customer.io's reason, and the next goes on", async () => {
    const { destination, track, startWorker, queue } = await openSetting();
    destination.reply = ({ items }) =>
      items.some(({ name }) => name === "E0")
        ? { status: 400, body: { errors: [{ reason: "invalid", message: "bad name" }] } }
        : undefined;
    await track(["a"]);
    await track(["a"]);
    startWorker();
    await waitFor(() => destination.visible().length === 1, { what: "the next" });
    const failed = await firstFailed(queue);
    expect(failed?.failedReason).toMatch(/400.*bad name/);
    expect(names(destination.visible())).toEqual(["E1"]);
  });

  test("F21 of a 207 exactly the named ones fail, and none of the others is sent again", async () => {
    const { destination, track, startWorker, queue } = await openSetting();
    destination.reply = ({ items }) => {
      const errors = [...items.entries()]
        .filter(([, { name }]) => ["E2", "E5"].includes(name as string))
        .map(([batch_index]) => ({
          batch_index,
          reason: "invalid",
          field: "name",
          message: `no ${batch_index}`,
        }));
      return { status: errors.length > 0 ? 207 : 200, body: { errors } };
    };
    await track(people(8));
    startWorker();
    const failed = await firstFailed(queue);
    expect(failed?.data.entries).toMatchObject([
      { message: { event: "E2" }, rejected: { field: "name", message: expect.stringContaining("no 2") } },
      { message: { event: "E5" }, rejected: { message: expect.stringContaining("no 5") } },
    ]);
    expect(destination.received.length).toBe(1);
    destination.reply = () => undefined;
    await failed?.retry();
    await waitFor(() => destination.visible().length === 8, { what: "the retried" });
    expect(names(destination.received[1]?.items ?? [])).toEqual(["E2", "E5"]);
  });

  test.each([400, 413, 422])(
    "F22 a batch answered %i is split down to the culprit, and nobody else is rejected",
    async (status) => {
      const { destination, track, startWorker, queue } = await openSetting();
      destination.reply = ({ items }) =>
        items.some(({ name }) => name === "E37") ? { status, body: { errors: [] } } : undefined;
      await track(people(50));
      await track(people(50));
      startWorker();
      await waitFor(() => destination.visible().length === 99, { what: "the others" });
      await waitFor(async () => (await queue.getFailedCount()) === 1, { what: "the culprit" });
      const [failed] = await queue.getFailed();
      expect(failed?.data.entries).toMatchObject([{ message: { event: "E37" } }]);
      expectInOrder(destination.visible());
    },
  );

  test("what was rejected while others had to wait is not sent again, and fails with them in the end", async () => {
    const { destination, track, startWorker, queue, store, connection } = await openSetting({
      batchOperations: 1,
      inFlight: 1,
    });
    destination.reply = ({ items }) => {
      if (names(items).includes("E0"))
        return { status: 400, body: { errors: [{ reason: "no", message: "never" }] } };
      return destination.received.length < 3 ? { status: 401 } : undefined;
    };
    await track(["a", "b"]);
    startWorker();
    await waitFor(() => destination.received.length >= 2, { what: "both tries" });
    await waitFor(async () => (await queue.getWaitingCount()) === 1, { what: "the job to be given back" });
    const [waiting] = await queue.getWaiting();
    expect(waiting?.data).toMatchObject({
      entries: [{ message: { event: "E1" } }],
      rejected: [{ message: { event: "E0" } }],
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    destination.reply = () => undefined;
    await store.update(connection.id, { apiKey: "the-right-key-this-time" });
    await waitFor(async () => (await queue.getFailedCount()) === 1, { what: "the job to fail" });
    expect(names(destination.visible())).toEqual(["E1"]);
    const [failed] = await queue.getFailed();
    expect(failed?.data.entries).toMatchObject([
      { message: { event: "E0" }, rejected: { message: expect.stringContaining("never") } },
    ]);
  });
});

describe("F23 poison", () => {
  test("F23 a message the mapping cannot bear fails alone", () => {
    const messages = ["Good", "Poison", "Good"].map((event) => ({
      message: { type: "track", userId: "a", event },
    }));
    const job = mapJob({
      taken: {
        id: "g1",
        data: { entries: messages },
        bytes: 100,
        enqueuedAtMs: 0,
        content: "[]",
        past: [],
      },
      settings: { ...connectionSettings.parse({}), connectionId: "c" },
      nextSequence: () => 0,
      triesOf: () => undefined,
      map: (call, settings) => {
        if ((call as { event?: string }).event === "Poison") throw new Error("cannot bear it");
        return mapCall(call, settings);
      },
    });
    expect(job.messages.map(({ outcome }) => outcome)).toEqual([
      undefined,
      {
        kind: "rejected",
        rejection: { reason: "mapping-failed", message: expect.stringContaining("cannot bear it") },
      },
      undefined,
    ]);
  });

  test("F23 lone surrogates and NULs are delivered as they are, and the others go on", async () => {
    const { destination, track, startWorker } = await openSetting();
    await track(["\ud800", "a\u0000b", "a"], { properties: { "\udfff": "\ud83d" } });
    startWorker();
    await waitFor(() => destination.visible().length === 3, { what: "all three" });
    expect(destination.visible().map(({ identifiers }) => identifiers.id)).toEqual([
      "\ud800",
      "a\u0000b",
      "a",
    ]);
  });
});

describe("a person at Bull Board", () => {
  test("pause gives back what was taken within a second, resume goes on", async () => {
    const { destination, track, startWorker, queue } = await openSetting({ inFlight: 1, batchOperations: 5 });
    destination.reply = () => ({ status: 200, afterMs: 30 });
    for (let round = 0; round < 100; round++) await track(people(5));
    startWorker();
    await waitFor(() => destination.visible().length >= 20, { what: "some" });
    await queue.pause();
    await waitFor(async () => (await queue.getActiveCount()) === 0, {
      what: "the jobs to be given back",
      timeoutMs: 1_000,
    });
    const delivered = destination.visible().length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(destination.visible().length).toBe(delivered);
    const [last] = (await queue.getWaiting()).toReversed();
    await last?.remove();
    await queue.resume();
    await waitFor(() => destination.visible().length >= 495, { what: "the rest" });
    expectInOrder(destination.visible());
  });

  test("an edited job is sent as it was edited, a promoted one is sent", async () => {
    const { destination, queue, startWorker } = await openSetting();
    await queue.pause();
    const job = await queue.add("x", {
      entries: [{ message: { type: "track", messageId: "1", userId: "a", event: "Old" } }],
    });
    await job.updateData({
      entries: [{ message: { type: "track", messageId: "1", userId: "a", event: "New" } }],
    });
    const delayed = await queue.add(
      "x",
      { entries: [{ message: { type: "track", messageId: "2", userId: "a", event: "Later" } }] },
      { delay: 3_600_000 },
    );
    await delayed.promote();
    await queue.resume();
    startWorker();
    await waitFor(() => destination.visible().length === 2, { what: "both" });
    expect(names(destination.visible())).toEqual(["New", "Later"]);
  });
});
