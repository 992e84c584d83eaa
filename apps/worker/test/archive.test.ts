import { type Archive, type ArchivedMessage, ArchiveError, openArchive } from "@customerio-router/archive";
import { deleteConnection } from "@customerio-router/connections";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { queueKeys } from "@customerio-router/redis";
import { findRecords, readLedger, recordBytes } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { disposed, openSetting } from "./setting.ts";

async function open(dataDir?: string): Promise<Archive> {
  const folder = dataDir ?? disposed(await temporaryFolder()).path;
  const archive = await openArchive({ url: "file:", dataDir: folder, onWarning: () => {} });
  if (!archive) throw new Error("it is off");
  return archive;
}

async function readAll(archive: Archive, connectionId: string): Promise<ArchivedMessage[]> {
  const lines: ArchivedMessage[] = [];
  for await (const { line } of archive.readAll(connectionId)) lines.push(line);
  return lines;
}

const people = Array.from({ length: 100 }, (_, number) => `p${number}`);

test("each settled message is in the archive, with what was sent and answered, and no longer in Redis", async () => {
  const { client, connection, destination, enqueuer, queue, startWorker, track } = await openSetting();
  destination.reply = () => (destination.received.length === 1 ? { status: 503 } : undefined);
  const archive = await open();
  for (let round = 0; round < 5; round++) await track(people);
  const bad = { type: "track", messageId: "bad", userId: "x".repeat(200), event: "Bad" };
  const nobody = { type: "track", messageId: "nobody", anonymousId: "x", event: "Nobody" };
  await enqueuer.enqueue(connection.id, [{ message: bad }, { message: nobody }]);
  startWorker({ archive, archiveCutMs: 0 });
  await waitFor(async () => (await readAll(archive, connection.id)).length === 502, { what: "all lines" });
  const lines = new Map((await readAll(archive, connection.id)).map((line) => [line.messageId, line]));
  expect(lines.get("m7")).toMatchObject({
    outcome: "delivered",
    attempts: [{ status: 503 }, { status: 200 }],
    operations: [{ type: "person", action: "event", identifiers: { id: "p7" }, name: "E7" }],
    ulids: [expect.stringMatching(/^[0-9A-Z]{26}$/)],
    message: { messageId: "m7" },
  });
  expect(lines.get("bad")).toMatchObject({ outcome: "rejected", reason: "id-too-long", operations: [] });
  expect(lines.get("nobody")).toMatchObject({ outcome: "skipped", reason: "anonymous-event" });
  await waitFor(async () => (await recordBytes(client, connection.id)) === 0, { what: "Redis to be empty" });
  expect(await queue.getJobCounts("completed", "failed")).toEqual({ completed: 0, failed: 1 });
  expect(await findRecords(client, connection.id, "m7")).toEqual([]);
});

test("a worker that stops archives what is left", async () => {
  const { connection, destination, startWorker, track } = await openSetting();
  const archive = await open();
  await track(people);
  const worker = startWorker({ archive });
  await waitFor(() => destination.visible().length === 100, { what: "all" });
  await waitFor(async () => (await archive.readMark()) !== undefined, { what: "the archive's mark" });
  expect(await readAll(archive, connection.id)).toEqual([]);
  await worker[Symbol.asyncDispose]();
  expect(await readAll(archive, connection.id)).toHaveLength(100);
});

test("a store that hangs holds up no delivery, and is written once it is back", async () => {
  const { connection, destination, startWorker, track } = await openSetting();
  const archive = await open();
  const { promise: isBack, resolve: comeBack } = Promise.withResolvers<void>();
  let asked = 0;
  const hanging: Archive = {
    ...archive,
    async writeCut(...args) {
      asked += 1;
      await isBack;
      return await archive.writeCut(...args);
    },
  };
  startWorker({ archive: hanging, archiveCutMs: 0 });
  await track(people);
  await waitFor(() => asked === 1, { what: "the store to hang" });
  for (let round = 0; round < 5; round++) await track(people);
  await waitFor(() => destination.visible().length === 600, { what: "delivery to go on" });
  comeBack();
  await waitFor(async () => (await readAll(archive, connection.id)).length === 600, { what: "all lines" });
});

test("another archive than the installation's is not written, and the worker says so", async () => {
  const { client, connection, destination, startWorker, track } = await openSetting();
  const [own, other] = [await open(), await open()];
  const first = startWorker({ archive: own, archiveCutMs: 0 });
  await track(people);
  await waitFor(async () => (await readAll(own, connection.id)).length === 100, { what: "the first lines" });
  await first[Symbol.asyncDispose]();
  const second = startWorker({ archive: other, archiveCutMs: 0 });
  await track(people);
  await waitFor(() => destination.visible().length === 200, { what: "all" });
  await waitFor(() => second.warnings().length === 1, { what: "a warning" });
  expect(second.warnings()[0]).toContain(other.where);
  expect(await readAll(other, connection.id)).toEqual([]);
  expect(await other.readMark()).toBeUndefined();
  expect(await findRecords(client, connection.id, "m150")).toHaveLength(1);
  await second[Symbol.asyncDispose]();
  startWorker({ archive: own, archiveCutMs: 0 });
  await waitFor(async () => (await readAll(own, connection.id)).length === 200, { what: "the other lines" });
  const { total } = await readLedger(client, connection.id, { by: "day" });
  expect(total).toMatchObject({ received: 200, delivered: 200, waiting: 0 });
});

test("what a deleted connection has in the archive is removed, and that of the others stays", async () => {
  const { client, connection, createConnection, destination, startWorker, store, track } =
    await openSetting();
  const other = await createConnection("Other", destination);
  const archive = await open();
  await track(people);
  await track(people, {}, other.id);
  startWorker({ archive, archiveCutMs: 0 });
  for (const { id } of [connection, other]) {
    await waitFor(async () => (await readAll(archive, id)).length === 100, { what: "all lines" });
  }
  expect(await deleteConnection({ store, redis: client }, connection.id)).toBe(true);
  await waitFor(async () => (await archive.connections()).length === 1, {
    what: "the deleted one to go",
    timeoutMs: 25_000,
  });
  expect(await readAll(archive, other.id)).toHaveLength(100);
});

test("a store that refuses is told once in the log, and as a warning, until it takes something", async () => {
  const { connection, destination, log, startWorker, track } = await openSetting();
  const archive = await open();
  let refuses = true;
  let refused = 0;
  const refusing: Archive = {
    ...archive,
    async writeCut(...args) {
      if (refuses) refused += 1;
      if (refuses) throw new ArchiveError("credentials", "The keys are wrong: correct AWS_ACCESS_KEY_ID");
      return await archive.writeCut(...args);
    },
  };
  const worker = startWorker({ archive: refusing, archiveCutMs: 0 });
  await track(people);
  await waitFor(() => worker.warnings().length === 1, { what: "the warning" });
  expect(worker.warnings()).toEqual([
    "Messages are not archived: The keys are wrong: correct AWS_ACCESS_KEY_ID",
  ]);
  expect(destination.visible()).toHaveLength(100);
  await waitFor(() => refused >= 3, { what: "further attempts" });
  refuses = false;
  await waitFor(() => worker.warnings().length === 0, { what: "the warning to end" });
  expect(await readAll(archive, connection.id)).toHaveLength(100);
  expect(log.filter((line) => line.includes("could not archive")).length).toBe(1);
});

/** Whatever could be taken for the end of a part, were it not within a text. */
const hostile = '\n],"messages":[\n{,"operations":[\t}\n]}",\n{"attempts":[0],\u2028\\" \ud83d\ude00';

test("texts that look like the borders of a record do not harm its line", async () => {
  const { connection, enqueuer, startWorker } = await openSetting();
  const archive = await open();
  const message = (messageId: string) => ({
    type: "track",
    messageId,
    userId: "u",
    event: hostile,
    properties: { [hostile]: hostile },
    receivedAt: "2026-01-02T03:04:05.678Z",
  });
  // The rejected one goes to the archive in an element of its own.
  const bad = { ...message("bad"), userId: `${hostile}${"x".repeat(200)}` };
  const entries = [message("first"), bad, message("second")].map((each) => ({ message: each }));
  await enqueuer.enqueue(connection.id, entries);
  startWorker({ archive, archiveCutMs: 0 });
  await waitFor(async () => (await readAll(archive, connection.id)).length === 3, { what: "all lines" });
  const lines = await readAll(archive, connection.id);
  expect(lines.map(({ messageId }) => messageId).sort()).toEqual(["bad", "first", "second"]);
  for (const { message: kept, event, receivedAt, outcome, operations } of lines) {
    expect(entries).toContainEqual({ message: kept });
    expect({ event, receivedAt }).toEqual({
      event: `track ${hostile}`,
      receivedAt: "2026-01-02T03:04:05.678Z",
    });
    if (outcome === "delivered") expect(operations).toMatchObject([{ name: hostile.trim() }]);
  }
});

test("a completed job that another hand wrote anew is archived as it is then", async () => {
  const { client, connection, destination, startWorker, track } = await openSetting();
  const archive = await open();
  await track(["before", "kept"]);
  const worker = startWorker({ archive });
  await waitFor(() => destination.visible().length === 2, { what: "both" });
  const { completed, job } = queueKeys(connection.id);
  await waitFor(async () => (await client.zcard(completed.set)) === 1, { what: "the job to be completed" });
  const [id = ""] = await client.zrange(completed.set, 0, -1);
  const data = JSON.parse((await client.hget(job(id), "data")) ?? "");
  data.entries[0].message.userId = "after";
  await client.hset(job(id), "data", JSON.stringify(data, undefined, 2));
  await worker[Symbol.asyncDispose]();
  const lines = await readAll(archive, connection.id);
  expect(lines.map(({ message, outcome }) => ({ message, outcome }))).toEqual(
    data.entries.map(({ message }: { message: object }) => ({ message, outcome: "delivered" })),
  );
  expect((await archive.findPerson(connection.id, "id:after")).lines).toHaveLength(1);
});
