import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { type ArchivedMessage, openArchive, writeLine } from "@customerio-router/archive";
import { type Connection, createConnectionStore, requestErasure } from "@customerio-router/connections";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { mapCall } from "@customerio-router/mapping";
import { createBackend, listReplays } from "@customerio-router/queue";
import { holdArchiveMark } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key for tests, 32 characters";
const day = "2026-01-02T00:00:00.000Z";

/** A connection, and an archive of what was delivered to it. */
async function start() {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey });
  const created = await store.create({ name: "Shop", siteId: "s", apiKey: "track-key-1", region: "us" });
  if (!created.ok) throw new Error("not created");
  const { connection } = created;
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const archive = await openArchive({ url: "file:", dataDir: folder.path, onWarning: () => {} });
  if (!archive) throw new Error("it is off");
  await holdArchiveMark(redis, await archive.ensureMark("the-mark"));
  const env = { REDIS_URL: url, SECRET_KEY: secretKey, DATA_DIR: folder.path };
  return {
    redis,
    connection,
    archive,
    folder: folder.path,
    queue: createBackend(redis).queue(connection.id),
    replay: (...args: string[]) => runCommand(["replay", ...args], { env }),
    env,
  };
}

/** As the worker archives it. */
function line(
  connection: Connection,
  call: object,
  more: Partial<ArchivedMessage> = {},
): Parameters<typeof writeLine>[0] {
  const message = { messageId: "", timestamp: day, originalTimestamp: day, receivedAt: day, ...call };
  const mapped = mapCall(message, { ...connection.settings, connectionId: connection.id });
  const operations = mapped.kind === "operations" ? mapped.operations : [];
  const ulids = operations.flatMap((operation) => ("id" in operation ? operation.id : []));
  return {
    messageId: message.messageId,
    receivedAt: day,
    settledAt: day,
    outcome: "delivered",
    requests: 1,
    attempts: [],
    operations,
    ulids,
    jobId: "j1",
    message,
    ...more,
  };
}

function linesOf(connection: Connection): Parameters<typeof writeLine>[0][] {
  const identify = (messageId: string, plan: string, timestamp = day) =>
    line(connection, { type: "identify", messageId, userId: "a", traits: { plan }, timestamp });
  return [
    line(connection, { type: "track", messageId: "seen", userId: "a", event: "Bought" }),
    line(
      connection,
      { type: "track", messageId: "new", userId: "a", event: "Left" },
      { outcome: "rejected", reason: "refused-by-customerio" },
    ),
    identify("older", "free"),
    identify("newest", "pro", "2026-01-02T12:00:00.000Z"),
    line(connection, { type: "alias", messageId: "merged", userId: "a", previousId: "b" }),
    line(
      connection,
      { type: "track", messageId: "renamed", userId: "a", event: "New name" },
      { operations: [{ type: "person", action: "event", identifiers: { id: "a" }, name: "Old name" }] },
    ),
    line(
      connection,
      { type: "track", messageId: "nobody", anonymousId: "x", event: "E" },
      { outcome: "skipped" },
    ),
  ];
}

test("the dry run says what is new, seen, older, left out and mapped otherwise, with examples, and starts nothing", async () => {
  const { archive, connection, redis, replay } = await start();
  await archive.writeCut(connection.id, { first: 1, last: 7 }, [linesOf(connection).map(writeLine)], {
    mayWrite: () => true,
  });
  const { stdout, stderr, code } = await replay(
    "start",
    "Shop",
    "--from",
    "2026-01-02",
    "--to",
    "2026-01-02",
    "--dry-run",
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("7 messages:");
  expect(stdout).toMatch(/ 1 {2}new to Customer.io/);
  expect(stdout).toMatch(/ 3 {2}seen before/);
  expect(stdout).toMatch(/ 1 {2}older/);
  expect(stdout).toMatch(/ 1 {2}left out, because they would turn state back/);
  expect(stdout).toMatch(/ 1 {2}not sent/);
  expect(stdout).toMatch(/ 1 {2}of them are mapped otherwise/);
  expect(stdout).toContain("track Left of id:a (new)");
  expect(stdout).toContain("Old name");
  expect(await listReplays(redis, connection.id)).toEqual([]);
  const json = await replay("start", "Shop", "--dry-run", "--json", "--with-state", "--as-new");
  expect(JSON.parse(json.stdout)).toMatchObject({
    messages: 7,
    kinds: { new: 6, seen: 0, state: 0, nothing: 1 },
    otherwise: 1,
    isComplete: true,
  });
  const filtered = await replay(
    "start",
    "Shop",
    "--dry-run",
    "--json",
    "--event",
    "track Left",
    "--outcome",
    "rejected",
  );
  expect(JSON.parse(filtered.stdout)).toMatchObject({ messages: 1, kinds: { new: 1 } });
});

test("it asks, and where nobody can answer says how to start it without", async () => {
  const { archive, connection, env, redis, replay } = await start();
  await archive.writeCut(connection.id, { first: 1, last: 7 }, [linesOf(connection).map(writeLine)], {
    mayWrite: () => true,
  });
  expect(await replay("start", "Shop")).toMatchObject({
    code: 1,
    stderr: "replay start: it asks before it starts: run it in a terminal, or pass --yes\n",
  });
  expect(await replay("start", "Shop", "--event", "track Nothing", "--yes")).toMatchObject({
    code: 1,
    stderr: "replay start: no message passes the filter: nothing was started\n",
  });
  const elsewhere = await runCommand(["replay", "start", "Shop"], { env: { ...env, ARCHIVE_URL: "off" } });
  expect(elsewhere.stderr).toContain("this machine does not see the archive that the workers write");
  expect(await replay("pause", "r1")).toMatchObject({
    code: 1,
    stderr: 'replay pause: there is no replay "r1": see npm run cli -- replay list\n',
  });
  expect(await listReplays(redis, connection.id)).toEqual([]);
});

test.each([
  ["lines.ndjson", (text: string) => Buffer.from(text)],
  ["lines.ndjson.zst", (text: string) => zstdCompressSync(text)],
])("%s is added portion by portion, and cancelled while it waits", async (name, pack) => {
  const { connection, folder, queue, redis, replay } = await start();
  const failed = {
    failedAt: day,
    messageId: "failed",
    reason: "refused-by-customerio",
    message: "It was refused",
    received: { type: "track", messageId: "failed", userId: "a", event: "Failed" },
  };
  const lines = [...linesOf(connection), failed, "not an object"].map((each) => JSON.stringify(each));
  const file = join(folder, name);
  await writeFile(file, pack(`${lines.join("\n")}\n`));
  // No worker settles the portion.
  const running = replay("start", "Shop", "--file", file, "--yes", "--json");
  let [job] = await queue.getJobs("waiting");
  for (let tries = 0; job === undefined && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    [job] = await queue.getJobs("waiting");
  }
  expect(job?.data.entries).toHaveLength(8);
  const [{ id = "" } = {}] = await listReplays(redis, connection.id);
  expect(await replay("cancel", id)).toMatchObject({ code: 0, stdout: `${id}: cancelled.\n` });
  const { stdout, code } = await running;
  expect(code).toBe(1);
  expect(JSON.parse(stdout).replay).toMatchObject({
    state: "cancelled",
    added: 8,
    leftOut: { unreadable: 1 },
  });
  expect((await replay("list")).stdout).toMatch(new RegExp(`${id} +Shop +cancelled +9 +8 +0`));
  expect((await replay("show", id)).stdout).toContain("8 waiting");
});

test("a dry run says how many lines of a file are none that can be replayed", async () => {
  const { connection, folder, replay } = await start();
  const file = join(folder, "calls.ndjson");
  const other = ["{}", "not JSON", '{"type":"track","userId":"ann","event":"E"}'];
  await writeFile(file, [...other, JSON.stringify(linesOf(connection)[0])].join("\n"));
  const { stdout, stderr } = await replay("start", "Shop", "--file", file, "--dry-run");
  expect(stdout).toMatch(/^1 message:/);
  expect(stderr).toContain("3 lines are left out: they are no lines of the archive");
  await writeFile(file, other.join("\n"));
  expect((await replay("start", "Shop", "--file", file, "--dry-run")).stdout).toMatch(/^0 messages\.\n/);
});

test("a file of several zstd frames is refused rather than read in part", async () => {
  const { connection, folder, replay } = await start();
  const file = join(folder, "two.ndjson.zst");
  const pack = (each: Parameters<typeof writeLine>[0]) => zstdCompressSync(`${JSON.stringify(each)}\n`);
  await writeFile(file, Buffer.concat(linesOf(connection).map(pack)));
  const { code, stderr } = await replay("start", "Shop", "--file", file, "--dry-run");
  expect([code, stderr]).toEqual([1, expect.stringContaining("it has several zstd frames: unpack it first")]);
});

test("F203 lines of a file whose person is erased in the target are left out", async () => {
  const { connection, folder, queue, redis, replay } = await start();
  await requestErasure({
    redis,
    secretKey,
    person: "id:ann",
    connection: connection.id,
    existing: [connection.id],
    suppress: false,
  });
  const file = join(folder, "people.ndjson");
  const lines = ["ann", "bob"].map((userId) =>
    line(connection, { type: "track", messageId: `m-${userId}`, userId, event: "Bought" }),
  );
  await writeFile(file, lines.map((each) => `${JSON.stringify(each)}\n`).join(""));
  const running = replay("start", "Shop", "--file", file, "--yes", "--json");
  const [job] = await waitFor(
    async () => {
      const jobs = await queue.getJobs("waiting");
      return jobs.length > 0 ? jobs : undefined;
    },
    { what: "a portion" },
  );
  expect(job?.data.entries).toMatchObject([{ message: { userId: "bob" } }]);
  const [{ id = "" } = {}] = await listReplays(redis, connection.id);
  await replay("cancel", id);
  expect(JSON.parse((await running).stdout).replay).toMatchObject({ added: 1, leftOut: { erased: 1 } });
});
