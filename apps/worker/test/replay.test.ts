import { type Archive, openArchive } from "@customerio-router/archive";
import { requestErasure } from "@customerio-router/connections";
import { startRedisPair, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { changeReplay, type ReplayWish, readReplay, startReplay } from "@customerio-router/queue";
import { readLedger } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { disposed, openSetting, openSettingOn, secretKey } from "./setting.ts";

type Setting = Awaited<ReturnType<typeof openSettingOn>>;

/** A setting with an archive, which the worker writes at once; by default on a Redis of its own. */
async function open(settings: Parameters<typeof openSetting>[0] = {}, redisUrl?: string) {
  const setting = await (redisUrl === undefined ? openSetting(settings) : openSettingOn(redisUrl, settings));
  const archive = await openFolder();
  const { client, connection } = setting;

  return {
    ...setting,
    archive,
    startWorker: () => setting.startWorker({ archive, archiveCutMs: 0 }),
    /** Resolves once this many of the connection's messages are archived. */
    archived: async (lines: number, connectionId = connection.id) => {
      let found = 0;
      const areThere = async () => {
        found = await countLines(archive, connectionId);
        return found === lines;
      };
      await waitFor(areThere, { what: () => `${lines} lines, of ${found}`, timeoutMs: 20_000 });
    },
    replay: (wish: Partial<ReplayWish> = {}, connectionId = connection.id) =>
      startReplay(client, connectionId, {
        sourceId: connection.id,
        filter: {},
        withState: false,
        asNew: false,
        startedBy: "a test",
        ...wish,
      }),
    ended: async (id: string, connectionId = connection.id) =>
      await waitFor(
        async () => {
          const replay = await readReplay(client, connectionId, id);
          return replay?.state === "done" ? replay : undefined;
        },
        { what: "the replay to end", timeoutMs: 30_000 },
      ),
    account: async (connectionId = connection.id) =>
      (await readLedger(client, connectionId, { by: "day" })).total,
  };
}

async function openFolder(): Promise<Archive> {
  const { path } = disposed(await temporaryFolder());
  const archive = await openArchive({ url: "file:", dataDir: path, onWarning: () => {} });
  if (!archive) throw new Error("it is off");
  return archive;
}

async function countLines(archive: Archive, connectionId: string): Promise<number> {
  let lines = 0;
  for await (const _ of archive.readAll(connectionId)) lines += 1;
  return lines;
}

const people = Array.from({ length: 250 }, (_, number) => `p${number}`);
const day = "2026-01-01T00:00:00Z";

/** The requests' items, copies included. */
function itemsOf({ destination }: Pick<Setting, "destination">) {
  return destination.received.flatMap(({ items }) => items);
}

test("a replay sends every message again under its ULID, and the ledger counts it as received from a replay", async () => {
  const setting = await open();
  const { client, connection, destination } = setting;
  setting.startWorker();
  await setting.track(people, { timestamp: day });
  await setting.archived(250);
  const { id } = await setting.replay();
  const replay = await setting.ended(id);
  expect(replay).toMatchObject({ read: 250, added: 250, leftOut: {}, outcomes: { delivered: 250 } });
  expect(itemsOf(setting)).toHaveLength(500);
  expect(destination.visible()).toHaveLength(250);
  expect(await setting.account()).toMatchObject({
    received: 500,
    delivered: 500,
    waiting: 0,
    unaccounted: 0,
  });
  // A second one reads what the first one added, and leaves it out.
  await setting.archived(500);
  const second = await setting.ended((await setting.replay()).id);
  expect(second).toMatchObject({ read: 500, added: 250, leftOut: { replayed: 250 } });
  expect(destination.visible()).toHaveLength(250);
  expect(await client.hget(`customerio-router:ledger:{${connection.id}}`, "received|replay|")).toBe("500");
});

test("a replay takes the messages of a source, and those that meet a condition", async () => {
  const setting = await open();
  const { connection, enqueuer } = setting;
  setting.startWorker();
  const track = (number: number) => ({
    message: {
      type: "track",
      userId: "a",
      event: "Paid",
      messageId: `m${number}`,
      timestamp: day,
      properties: { number },
    },
    from: { source: number < 6 ? "s1" : "s2", kind: "server" as const },
  });
  await enqueuer.enqueue(
    connection.id,
    Array.from({ length: 10 }, (_, number) => track(number)),
  );
  await setting.archived(10);
  const bySource = await setting.ended((await setting.replay({ filter: { source: "s1" } })).id);
  expect(bySource).toMatchObject({ read: 6, added: 6 });
  const where = "message.properties.number >= 7.0";
  const byBoth = await setting.ended((await setting.replay({ filter: { source: "s2", where } })).id);
  expect(byBoth).toMatchObject({ read: 3, added: 3, outcomes: { delivered: 3 } });
});

test("what would turn state back is skipped with a reason, unless the replay is with state", async () => {
  const setting = await open({ destructiveEvents: true });
  const { connection, enqueuer, destination } = setting;
  const calls = [
    { type: "identify", userId: "a", traits: { plan: "pro", objectId: "acme", objectTypeId: "1" } },
    { type: "group", userId: "a", groupId: "acme", traits: { size: 3 } },
    { type: "alias", userId: "a", previousId: "b" },
    { type: "track", userId: "c", event: "User Deleted" },
    { type: "track", userId: "a", event: "Bought" },
  ];
  await enqueuer.enqueue(
    connection.id,
    calls.map((call, index) => ({ message: { ...call, messageId: `m${index}`, timestamp: day } })),
  );
  setting.startWorker();
  await setting.archived(5);
  const before = itemsOf(setting);
  expect(before).toHaveLength(5);
  const { outcomes } = await setting.ended((await setting.replay()).id);
  expect(outcomes).toEqual({ delivered: 2, skipped: 3, rejected: 0 });
  const again = itemsOf(setting).slice(5);
  const byAction = (one: { action: string }, other: { action: string }) =>
    one.action.localeCompare(other.action);
  expect(again.toSorted(byAction)).toEqual([
    expect.objectContaining({ action: "event", name: "Bought" }),
    {
      type: "person",
      action: "identify",
      identifiers: { id: "a" },
      timestamp: 1767225600,
      attributes: { plan: "pro" },
    },
  ]);
  const skipped: string[] = [];
  await waitFor(
    async () => {
      skipped.length = 0;
      for await (const { line } of setting.archive.readAll(connection.id, {
        source: "replay",
        outcome: "skipped",
      })) {
        skipped.push(`${line.messageId} ${line.reason}`);
      }
      return skipped.length === 3;
    },
    { what: "the skipped ones to be archived", timeoutMs: 20_000 },
  );
  expect(skipped.toSorted()).toEqual(["m1 replay-state", "m2 replay-state", "m3 replay-state"]);
  const withState = await setting.ended((await setting.replay({ withState: true })).id);
  expect(withState.outcomes).toEqual({ delivered: 5, skipped: 0, rejected: 0 });
  const actions = (items: { action: string }[]) => items.map(({ action }) => action).toSorted();
  expect(actions(itemsOf(setting).slice(7))).toEqual(actions(before));
  expect(destination.received.every(({ path }) => path === "/api/v2/batch")).toBe(true);
  expect(await setting.account()).toMatchObject({ received: 15, delivered: 12, skipped: 3, waiting: 0 });
});

test("--as-new gives events new ids and today's time, and leaves attributes their own", async () => {
  const setting = await open();
  const { connection, enqueuer, destination } = setting;
  await enqueuer.enqueue(connection.id, [
    {
      message: {
        type: "track",
        messageId: "m1",
        userId: "a",
        event: "Bought",
        timestamp: day,
        originalTimestamp: day,
      },
    },
    { message: { type: "identify", messageId: "m2", userId: "a", traits: { plan: "pro" }, timestamp: day } },
  ]);
  setting.startWorker();
  await setting.archived(2);
  await setting.ended((await setting.replay({ asNew: true })).id);
  const [event, attributes, newEvent, sameAttributes] = destination.visible() as unknown as Record<
    string,
    unknown
  >[];
  expect(sameAttributes).toEqual(attributes);
  expect(newEvent).toMatchObject({ action: "event", name: "Bought", identifiers: { id: "a" } });
  expect(newEvent?.id).not.toBe(event?.id);
  expect(Math.abs((newEvent?.timestamp as number) * 1000 - Date.now())).toBeLessThan(60_000);
});

test("filters choose what is replayed, to another connection too", async () => {
  const setting = await open();
  const { destination, enqueuer, connection } = setting;
  const other = await setting.createConnection("Other", destination);
  const bad = { type: "track", messageId: "bad", userId: "x".repeat(200), event: "Bad" };
  await enqueuer.enqueue(connection.id, [{ message: bad }]);
  await setting.track(people.slice(0, 20), { event: "Bought" });
  await setting.track(people.slice(0, 20), { event: "Seen" });
  setting.startWorker();
  await setting.archived(41);
  const count = async (filter: ReplayWish["filter"], to = connection.id) =>
    (await setting.ended((await setting.replay({ filter }, to)).id, to)).added;
  expect(await count({ event: "track Bought", outcome: "delivered" })).toBe(20);
  expect(await count({ person: "id:p3" })).toBe(2);
  expect(await count({ outcome: "rejected" })).toBe(1);
  expect(await count({ toMs: Date.now() - 3_600_000 })).toBe(0);
  expect(destination.visible()).toHaveLength(40);
  expect(await count({ event: "track Seen" }, other.id)).toBe(20);
  expect(destination.visible()).toHaveLength(60);
  expect(await setting.account(other.id)).toMatchObject({ received: 20, delivered: 20, waiting: 0 });
});

test("a replay pauses with its connection, pauses, resumes and is cancelled when it is asked to", async () => {
  const setting = await open({ batchOperations: 50, limiter: { max: 4, duration: 300 } });
  const { client, connection, queue, destination } = setting;
  const many = Array.from({ length: 1500 }, (_, number) => `p${number}`);
  const worker = setting.startWorker();
  await setting.track(many);
  await setting.archived(1500);
  const { id } = await setting.replay();
  const added = async () => (await readReplay(client, connection.id, id))?.added ?? 0;
  await waitFor(async () => (await added()) > 0, { what: "the first portion" });
  await queue.pause();
  const told = async () =>
    (await readReplay(client, connection.id, id))?.note?.includes("connection is paused");
  await waitFor(told, { what: "a note", timeoutMs: 10_000 });
  const atPause = await added();
  expect(atPause).toBeLessThan(1500);
  await queue.resume();
  await waitFor(async () => (await added()) > atPause, { what: "it to go on" });
  expect(await changeReplay(client, { connectionId: connection.id, id }, "pause")).toBe("paused");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const paused = await added();
  expect(paused).toBeLessThan(1500);
  await setting.track(["live"]);
  await waitFor(() => destination.visible().length === 1501, { what: "a live message" });
  expect(await added()).toBe(paused);
  expect(await changeReplay(client, { connectionId: connection.id, id }, "resume")).toBe("running");
  await waitFor(async () => (await added()) > paused, { what: "it to go on" });
  expect(await changeReplay(client, { connectionId: connection.id, id }, "cancel")).toBe("cancelled");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const cancelled = await added();
  expect(cancelled).toBeLessThan(1500);
  expect(await changeReplay(client, { connectionId: connection.id, id }, "resume")).toBe("cancelled");
  await worker[Symbol.asyncDispose]();
  expect(await setting.account()).toMatchObject({
    received: 1501 + cancelled,
    delivered: 1501 + cancelled,
    waiting: 0,
  });
  expect(destination.visible()).toHaveLength(1501);
});

test("F203 a person who is erased in the target does not come back from another connection's archive", async () => {
  const setting = await open();
  const { client, destination } = setting;
  const other = await setting.createConnection("Other", destination);
  setting.startWorker();
  await setting.track(["ann", "bob"]);
  await setting.archived(2);
  await requestErasure({
    redis: client,
    secretKey,
    person: "id:ann",
    connection: other.id,
    existing: [other.id],
    suppress: false,
  });
  const { id } = await setting.replay({}, other.id);
  expect(await setting.ended(id, other.id)).toMatchObject({
    read: 2,
    added: 1,
    leftOut: { erased: 1 },
    outcomes: { delivered: 1 },
  });
  expect(await setting.account(other.id)).toMatchObject({ received: 1, delivered: 1, waiting: 0 });
});

test("F207 a replica is promoted in the midst of a replay, which goes on and ends, with each event visible once", async () => {
  const pair = disposed(await startRedisPair());
  const setting = await open({ batchOperations: 50, limiter: { max: 4, duration: 300 } }, pair.url);
  const { client, connection, destination } = setting;
  const many = Array.from({ length: 600 }, (_, number) => `p${number}`);
  setting.startWorker();
  await setting.track(many, { timestamp: day });
  await setting.archived(600);
  const { id } = await setting.replay();
  const added = async () => (await readReplay(client, connection.id, id))?.added ?? 0;
  await waitFor(async () => (await added()) > 0, { what: "the first portion" });
  expect(await added()).toBeLessThan(600);
  await pair.promote();
  // It may also read lines of its own messages, archived meanwhile, which it leaves out.
  expect(await setting.ended(id)).toMatchObject({ added: 600, outcomes: { delivered: 600 } });
  expect(destination.visible()).toHaveLength(600);
  expect(await setting.account()).toMatchObject({
    received: 1200,
    delivered: 1200,
    waiting: 0,
    unaccounted: 0,
  });
});
