import type { Archive } from "@customerio-router/archive";
import { liftErasure } from "@customerio-router/connections";
import { waitFor } from "@customerio-router/fixtures";
import { readReplay, startReplay } from "@customerio-router/queue";
import { findRecords } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { identify, openErasing, person, track } from "./erasure-setting.ts";

const byEmail = (messageId: string) => ({
  message: {
    type: "track",
    messageId,
    anonymousId: "ada-browser",
    event: "Seen",
    traits: { email: person.email },
  },
});

test("an erasure removes a person from jobs, records, archive and Redis's files, and deletes them last", async () => {
  const setting = await openErasing();
  const { client, connection, destination, enqueuer, queue, archive, startWorker, erase, untilDone } =
    setting;
  // Archived, with a neighbour in the same job.
  await enqueuer.enqueue(connection.id, [identify("i1"), track("t1", person.id), track("n1", "neighbour")]);
  const first = startWorker({ archive, archiveCutMs: 0 });
  await waitFor(async () => (await setting.lines()).length === 3, { what: "the archive" });
  await first[Symbol.asyncDispose]();
  // Failed, and as records in Redis.
  await enqueuer.enqueue(connection.id, [
    { message: { ...track("bad", person.id).message, event: "" } },
    { message: { ...track("n-bad", "neighbour").message, event: "" } },
    track("t2", person.id),
    track("n2", "neighbour"),
  ]);
  const second = startWorker();
  await waitFor(() => destination.visible().length === 5, { what: "the second job" });
  await waitFor(async () => (await queue.getFailedCount()) === 1, { what: "a failed job" });
  await second[Symbol.asyncDispose]();
  // Waiting, delayed and with priority.
  await enqueuer.enqueue(connection.id, [track("t3", person.id), byEmail("a3"), track("n3", "neighbour")]);
  await queue.add(
    "later",
    { entries: [track("t4", person.id), track("n4", "neighbour")] },
    { delay: 3_600_000 },
  );
  await queue.pause();
  expect((await setting.findPerson()).length).toBeGreaterThan(5);

  const id = await erase();
  startWorker({ archive, archiveCutMs: 3_600_000 });
  const receipt = await untilDone(id);
  expect(receipt).toMatchObject({
    connections: [
      {
        keys: { id: 1, email: 1, anonymous_id: 1 },
        removed: { waiting: 3, failed: 1, records: 2, archived: 2 },
      },
    ],
  });
  expect(await setting.findPerson()).toEqual([]);
  expect(JSON.stringify(receipt)).not.toContain("ada");
  expect(destination.received.at(-1)?.items).toEqual([
    { type: "person", action: "delete", identifiers: { id: person.id } },
    { type: "person", action: "delete", identifiers: { email: person.email } },
  ]);
  // Neighbours are whole.
  expect((await setting.lines()).find(({ messageId }) => messageId === "n1")?.message).toMatchObject({
    properties: { note: "note of neighbour" },
  });
  expect((await findRecords(client, connection.id, "n2"))[0]).toMatchObject({
    operations: [{ name: "Ordered", attributes: { note: "note of neighbour" } }],
  });
  const [failed] = await queue.getFailed();
  expect(failed?.data.entries).toMatchObject([
    { message: { messageId: "bad", type: "track" }, erased: true, rejected: { reason: "no-name" } },
    { message: { messageId: "n-bad", userId: "neighbour" } },
  ]);

  await queue.resume();
  await waitFor(async () => (await setting.account()).waiting <= 0, { what: "the rest" });
  expect(
    destination
      .visible()
      .filter(({ identifiers }) => identifiers.id === person.id)
      .at(-1)?.action,
  ).toBe("delete");
  expect(destination.visible().map(({ attributes }) => attributes?.note)).toContain("note of neighbour");
  expect(await findRecords(client, connection.id, "t3")).toMatchObject([
    { outcome: "skipped", reason: "erased", operations: [], message: { messageId: "t3" } },
  ]);
  expect(await setting.account()).toMatchObject({
    received: 10,
    delivered: 6,
    skipped: 2,
    rejected: 2,
    waiting: 0,
  });
});

test("what is in hand is dropped, in flight it is recorded without identity, and the delete waits for Customer.io", async () => {
  const setting = await openErasing();
  const { connection, client, destination, enqueuer, archive, startWorker, erase, read, untilDone } = setting;
  let isAway = true;
  destination.reply = ({ items }) => {
    if (isAway) return { status: 503 };
    return items.some(({ action }) => action === "delete") ? undefined : { status: 200, afterMs: 500 };
  };
  await enqueuer.enqueue(connection.id, [identify("i1"), track("t1", person.id), track("n1", "neighbour")]);
  startWorker({ archive });
  await waitFor(() => destination.received.length > 0, { what: "a request" });
  const id = await erase({ suppress: true, person: person.email });
  await waitFor(async () => JSON.stringify(await read(id)).includes("answered 503"), {
    what: "the delete to be outstanding",
    timeoutMs: 30_000,
  });
  expect((await read(id)).connections[0]?.outstanding).toEqual([
    "The suppress is not in Customer.io yet (answered 503): trying again",
  ]);
  await waitFor(async () => (await setting.findPerson()).length === 0, { what: "nothing of the person" });
  isAway = false;
  await untilDone(id);
  expect(destination.visible().filter(({ identifiers }) => identifiers.id === person.id)).toMatchObject([
    { action: "suppress" },
  ]);
  await waitFor(async () => (await setting.account()).waiting === 0, { what: "the neighbour" });
  expect(await setting.account()).toMatchObject({ received: 3, delivered: 1, skipped: 2, waiting: 0 });
  expect(await findRecords(client, connection.id, "t1")).toMatchObject([
    { reason: "erased", operations: [] },
  ]);
  // Calls that come later are skipped, until the erasure is lifted.
  await enqueuer.enqueue(connection.id, [track("later", person.id)]);
  await waitFor(async () => (await setting.account()).skipped === 3, { what: "the later one" });
  await waitFor(async () => (await setting.findPerson()).every((place) => place.includes("appendonly")), {
    what: "nothing of the later call",
  });
  await liftErasure(client, id);
  await waitFor(
    async () => {
      await enqueuer.enqueue(connection.id, [track(`lifted-${Date.now()}`, person.id)]);
      return destination.visible().some(({ identifiers, name }) => identifiers.id === person.id && name);
    },
    { what: "calls to be taken again" },
  );
  expect(await read(id)).toMatchObject({ state: "lifted" });
});

test("a cut that a worker left half written is finished without the person", async () => {
  const setting = await openErasing();
  const { connection, destination, enqueuer, archive, startWorker, erase, untilDone } = setting;
  await enqueuer.enqueue(connection.id, [identify("i1"), track("t1", person.id), track("n1", "neighbour")]);
  let cuts = 0;
  const dying: Archive = {
    ...archive,
    async writeCut(...args) {
      cuts += 1;
      await archive.writeCut(...args);
      throw new Error("the disk went away before it was known");
    },
  };
  const first = startWorker({ archive: dying, archiveCutMs: 0 });
  await waitFor(() => cuts > 0 && destination.visible().length === 3, { what: "a cut" });
  await first[Symbol.asyncDispose]();
  expect((await setting.lines()).length).toBe(3);
  expect(await setting.findPerson()).not.toEqual([]);
  const id = await erase();
  startWorker({ archive, archiveCutMs: 0 });
  await untilDone(id);
  expect(await setting.findPerson()).toEqual([]);
  await waitFor(async () => (await setting.lines()).length === 1, { what: "the neighbour's line" });
  expect(await setting.lines()).toMatchObject([{ messageId: "n1", message: { userId: "neighbour" } }]);
  expect(await setting.account()).toMatchObject({ received: 3, delivered: 3, waiting: 0 });
});

test("keys that other people's messages have too stay, and the receipt counts them", async () => {
  const setting = await openErasing();
  const { connection, enqueuer, startWorker, erase, untilDone, queue } = setting;
  await queue.pause();
  const shared = { anonymousId: "kiosk" };
  await enqueuer.enqueue(connection.id, [track("t1", person.id, shared), track("n1", "neighbour", shared)]);
  startWorker();
  const id = await erase();
  expect(await untilDone(id)).toMatchObject({
    connections: [{ keys: { id: 1 }, sharedKeys: 1, removed: { waiting: 1 } }],
  });
  expect(JSON.stringify(await queue.getWaiting())).toContain("kiosk");
});

test("F205 an erasure while a replay of that person runs cancels it, and nothing of them is left", async () => {
  const setting = await openErasing({
    settings: { batchOperations: 20, limiter: { max: 4, duration: 500 } },
  });
  const { client, connection, queue, enqueuer, archive, startWorker } = setting;
  const entries = Array.from({ length: 200 }, (_, at) => [
    track(`${person.id}-${at}`, person.id),
    track(`n${at}`, "neighbour"),
  ]).flat();
  await enqueuer.enqueue(connection.id, entries);
  startWorker({ archive, archiveCutMs: 0 });
  await waitFor(async () => (await setting.lines()).length === 400, {
    what: "the archive",
    timeoutMs: 30_000,
  });
  const start = (filter: { person?: string }) =>
    startReplay(client, connection.id, {
      sourceId: connection.id,
      filter,
      withState: false,
      asNew: false,
      startedBy: "a test",
    });
  const replays = [await start({ person: `id:${person.id}` }), await start({})] as const;
  const stateOf = async (at: 0 | 1) => await readReplay(client, connection.id, replays[at].id);
  await waitFor(async () => ((await stateOf(0))?.added ?? 0) > 0, { what: "the first portion" });
  // Otherwise it could end before the erasure begins.
  await queue.pause();
  expect((await stateOf(0))?.state).toBe("running");
  const cursors = [(await stateOf(0))?.cursor ?? ""];

  const receipt = await setting.untilDone(await setting.erase());
  expect(receipt.connections).toMatchObject([{ keys: { id: 1 } }]);
  expect(await stateOf(0)).toMatchObject({
    state: "cancelled",
    filter: { person: "id:(erased)" },
    cursor: "",
  });
  await queue.resume();
  await waitFor(async () => (await stateOf(1))?.state === "done", {
    what: "the other replay",
    timeoutMs: 30_000,
  });
  cursors.push((await stateOf(1))?.cursor ?? "");
  // A scan for the person's texts does not see what is encoded.
  for (const cursor of cursors) expect(Buffer.from(cursor, "base64url").toString()).not.toContain(person.id);
  expect(await setting.findPerson()).toEqual([]);
  expect(await stateOf(1)).toMatchObject({ added: 200, outcomes: { delivered: 200 } });
  await waitFor(async () => (await setting.account()).waiting === 0, { what: "the rest" });
  expect(await setting.account()).toMatchObject({ unaccounted: 0 });
  const whole = (await setting.lines()).filter(
    ({ message }) => (message as { userId?: string }).userId === "neighbour",
  );
  expect(new Set(whole.map(({ messageId }) => messageId)).size).toBe(200);
});
