import { setTimeout as delay } from "node:timers/promises";
import { startFaultProxy, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type Received, startDestination } from "./destination.ts";
import { disposed, openSetting } from "./setting.ts";

const group = (plan: string) => ({
  message: {
    type: "group",
    messageId: `group-${plan}`,
    userId: "a",
    groupId: "acme",
    traits: { plan },
  },
});

test("F41 a group call answered 500 while Redis breaks is not sent again after its successor", async () => {
  const { connection, destination, enqueuer, redis, startWorker } = await openSetting();
  const proxy = disposed(await startFaultProxy({ targetPort: redis.port }));
  destination.reply = () => {
    if (destination.received.length > 1) return undefined;
    // The answer comes while the worker is busy with the break.
    proxy.resetAll();
    return { status: 500, afterMs: 300 };
  };
  startWorker({ redisPort: proxy.port });
  await enqueuer.enqueue(connection.id, [group("free")]);
  await waitFor(() => destination.received.length >= 1, { what: "the first try" });
  await enqueuer.enqueue(connection.id, [group("pro")]);
  const plans = () => destination.visible().map(({ attributes }) => attributes?.plan);
  await waitFor(() => plans().includes("pro"), { what: "the successor", timeoutMs: 20_000 });
  // A rest of the first try would be over by then.
  await delay(3_000);
  expect(plans()).toEqual(["free", "pro"]);
});

test("F42 a request under way is given up when the lease is lost", async () => {
  const { destination, redis, startWorker, track } = await openSetting({ deadlineMs: 300_000 });
  const proxy = disposed(await startFaultProxy({ targetPort: redis.port }));
  let isGivenUp = false;
  destination.reply = () => (request) => {
    request.socket.on("close", () => (isGivenUp = true));
  };
  startWorker({ redisPort: proxy.port });
  await track(["a"]);
  await waitFor(() => destination.received.length >= 1, { what: "the request" });
  proxy.drop();
  await waitFor(() => isGivenUp, { what: "the request to be given up", timeoutMs: 10_000 });
  await proxy.heal();
});

test("F43 a raised limiter counts at once", async () => {
  const { connection, destination, startWorker, store, track } = await openSetting({
    batchOperations: 1,
    limiter: { max: 1, duration: 3_600_000 },
  });
  startWorker();
  await track(["a", "b", "c"]);
  await waitFor(() => destination.received.length >= 1, { what: "the first" });
  await delay(300);
  expect(destination.received).toHaveLength(1);
  const settings = { ...connection.settings, limiter: { max: 100, duration: 1_000 } };
  await store.update(connection.id, { settings });
  await waitFor(() => destination.received.length >= 3, { what: "the others" });
});

test("F44 a worker that waits for the limiter stops, and another gets the connection", async () => {
  const { destination, log, startWorker, track } = await openSetting({
    batchOperations: 1,
    limiter: { max: 1, duration: 3_600_000 },
  });
  const worker = startWorker();
  await track(["a", "b"]);
  await waitFor(() => destination.received.length >= 1, { what: "the first" });
  await delay(100);
  await worker[Symbol.asyncDispose]();
  startWorker();
  await waitFor(() => log.filter((line) => line.includes("took the lease")).length === 2, {
    what: "the successor",
  });
});

test("F45 a new address is used although requests hang on the old one", async () => {
  const { connection, destination, startWorker, store, track } = await openSetting({
    batchOperations: 1,
    inFlight: 2,
    deadlineMs: 300_000,
  });
  destination.reply = () => () => {};
  startWorker();
  await track(["a", "b", "a"]);
  await waitFor(() => destination.received.length >= 2, { what: "requests that hang" });
  const other = disposed(await startDestination());
  await store.update(connection.id, { trackUrl: other.url });
  await waitFor(() => other.visible().length === 3, { what: "all of them", timeoutMs: 15_000 });
});

test("F46 with one request hanging and one break of Redis everybody else goes on", async () => {
  const { destination, redis, startWorker, track } = await openSetting({
    batchOperations: 1,
    inFlight: 2,
    deadlineMs: 300_000,
  });
  const proxy = disposed(await startFaultProxy({ targetPort: redis.port }));
  destination.reply = ({ items }) => (items[0]?.identifiers.id === "hangs" ? () => {} : undefined);
  startWorker({ redisPort: proxy.port });
  await track(["hangs"]);
  await waitFor(() => destination.received.length >= 1, { what: "the request that hangs" });
  proxy.resetAll();
  for (let round = 0; round < 5; round++) await track(["b", "hangs", "c"]);
  await waitFor(() => destination.visible().length === 10, { what: "the others" });
  expect(destination.received).toHaveLength(11);
});

test("F47 a 200 to an earlier request does not end the pause that a Retry-After asked for", async () => {
  const { destination, startWorker, track } = await openSetting({ batchOperations: 1, inFlight: 2 });
  destination.reply = ({ items }) => {
    if (destination.received.length > 2) return undefined;
    return items[0]?.identifiers.id === "slow"
      ? { status: 200, afterMs: 500 }
      : { status: 429, headers: { "retry-after": "3" } };
  };
  await track(["slow", "b", "c"]);
  startWorker();
  await waitFor(() => destination.received.length >= 3, { what: "the third request" });
  const [, refused, third] = destination.received;
  expect((third?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThan(2_900);
});

test("F48 after Redis's clock stepped back by ten minutes the limiter lets requests through, and a dead worker counts no more", async () => {
  const { client, connection, destination, startWorker, track } = await openSetting({
    batchOperations: 1,
    limiter: { max: 2, duration: 1_000 },
  });
  const ahead = Date.now() + 600_000;
  await client.rpush(`customerio-router:limiter:{${connection.id}}`, ahead, ahead);
  await client.zadd("customerio-router:workers", ahead, "dead");
  startWorker();
  await track(["a", "b", "c"]);
  await waitFor(() => destination.visible().length === 3, { what: "all three" });
  expect(await client.zcard("customerio-router:workers")).toBe(1);
});

test("F49 a change that was saved while notifications got lost counts all the same", async () => {
  const { connection, destination, redis, startWorker, store, track } = await openSetting();
  const proxy = disposed(await startFaultProxy({ targetPort: redis.port }));
  startWorker({ redisPort: proxy.port });
  await track(["a"]);
  await waitFor(() => destination.visible().length === 1, { what: "the first" });
  const other = disposed(await startDestination());
  await proxy.refuse();
  await store.update(connection.id, { trackUrl: other.url });
  await proxy.heal();
  // The lease was not lost in this moment: the pipeline is the one of before.
  await delay(1_500);
  await track(["b"]);
  await waitFor(() => other.visible().length + destination.visible().length === 2, { what: "the second" });
  expect(other.visible()).toHaveLength(1);
});

test("F132 a saved connection is taken up once: a pause that Customer.io asks for afterwards is kept", async () => {
  const { connection, destination, startWorker, store, track } = await openSetting();
  destination.reply = () => ({ status: 503, headers: { "retry-after": "60" } });
  const save = () => store.update(connection.id, { settings: { ...connection.settings, inFlight: 1 } });
  startWorker();
  await track(["a"]);
  await waitFor(() => destination.received.length >= 1, { what: "the first try" });
  await save();
  await waitFor(() => destination.received.length >= 2, { what: "the try after the save" });
  // The saved connections are compared every second.
  await delay(3_500);
  expect(destination.received).toHaveLength(2);
  await save();
  await waitFor(() => destination.received.length >= 3, { what: "the try after the second save" });
});

test("F134 what was in flight when the connection was saved, and fails, goes again at once, however often it failed before", {
  timeout: 90_000,
}, async () => {
  const { connection, destination, startWorker, store, track } = await openSetting({ deadlineMs: 1_000 });
  const isCulprit = ({ items }: Received) => items.some(({ name }) => name === "E0");
  const tries = () => destination.received.filter(isCulprit).length;
  const save = async (siteId: string) =>
    expect(await store.update(connection.id, { siteId })).toMatchObject({ ok: true });
  destination.reply = (received) => (isCulprit(received) ? () => {} : undefined);
  await track(["a"]);
  startWorker();
  for (let round = 1; round <= 8; round++) {
    // A save sends at once what rests; others pass meanwhile, so that it rests longer and longer.
    await waitFor(() => tries() >= round, { what: `try ${round}`, timeoutMs: 20_000 });
    if (round === 8) break;
    const before = destination.visible().length;
    await delay(1_300);
    await track([`other ${round}`]);
    await waitFor(() => destination.visible().length > before, { what: "another", timeoutMs: 20_000 });
    await save(`site-${round}`);
  }
  await save("mended");
  destination.reply = () => undefined;
  await waitFor(() => destination.visible().some(({ name }) => name === "E0"), {
    what: "the message",
    timeoutMs: 8_000,
  });
});

test("F324 a worker whose queue has reached its concurrency does not ask again and again, and goes on once it may", async () => {
  const { client, destination, queue, startWorker, track } = await openSetting();
  await queue.setGlobalConcurrency(1);
  destination.reply = () => ({ status: 200, afterMs: destination.received.length > 1 ? 0 : 1_500 });
  startWorker();
  await track(["a"]);
  await track(["b"]);
  await waitFor(() => destination.received.length === 1, { what: "the first request" });
  const scripts = async () => Number(/evalsha:calls=(\d+)/.exec(await client.info("commandstats"))?.[1]);
  const before = await scripts();
  await delay(1_000);
  expect((await scripts()) - before).toBeLessThan(50);
  await waitFor(() => destination.received.length === 2, { what: "the second request" });
});
