import { type ArchivedMessage, openArchive, writeLine } from "@customerio-router/archive";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { appendRecords, holdArchiveMark } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";
import { record } from "./record.ts";

const apiToken = "a token of the tests";

function line(
  messageId: string,
  userId: string,
  minute: number,
  more: Partial<ArchivedMessage> = {},
): Parameters<typeof writeLine>[0] {
  const at = new Date(Date.UTC(2026, 0, 2, 3, minute)).toISOString();
  return {
    messageId,
    receivedAt: at,
    settledAt: at,
    outcome: "delivered",
    requests: 1,
    attempts: [{ atMs: Date.parse(at), durationMs: 41, status: 200, decision: "settled" }],
    operations: [{ type: "person", action: "event", identifiers: { id: userId }, name: "Sent Then" }],
    ulids: [],
    jobId: "g7",
    message: { type: "track", messageId, userId, event: "Archived", receivedAt: at },
    ...more,
  };
}

/** A dashboard and an archive of a connection, which the workers of the installation write, unless `isForeign`. */
async function start({ isForeign = false } = {}) {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const archive = await openArchive({ url: "file:", dataDir: folder.path, onWarning: () => {} });
  if (!archive) throw new Error("it is off");
  const dashboard = await startDashboard({ apiToken, archive });
  onTestFinished(() => dashboard[Symbol.asyncDispose]());
  const { id } = await dashboard.store.ensure(input());
  await archive.ensureMark("ours");
  await holdArchiveMark(dashboard.redis, isForeign ? "theirs" : "ours");
  const lines = Array.from({ length: 120 }, (_, index) => line(`m${index}`, `u${index % 3}`, index % 60));
  await archive.writeCut(id, { first: 1, last: 120 }, [lines.map(writeLine)], { mayWrite: () => true });
  return { dashboard, id, archive, operator: await dashboard.operator() };
}

test("a message that left Redis is found in the archive, with what was sent then", async () => {
  const { dashboard, id, operator } = await start();
  const page = await operator.get(`/message?${new URLSearchParams({ connection: id, id: "m7" })}`);
  expect(page.status).toBe(200);
  expect(page.text).toContain("As sent to Customer.io");
  expect(page.text).toContain("Sent Then");
  const answer = await fetch(`${dashboard.url}/api/messages/m7`, {
    headers: { authorization: `Bearer ${apiToken}` },
  });
  expect(await answer.json()).toMatchObject({
    found: [{ state: "delivered", operations: [{ name: "Sent Then" }], message: { messageId: "m7" } }],
  });
});

test("the list goes on from Redis into the archive, page by page, each message once", async () => {
  const { dashboard, id, operator } = await start();
  await appendRecords(dashboard.redis, id, [record("newest", { atMs: Date.now() })]);
  const seen: string[] = [];
  for (let path: string | undefined = `/messages?connection=${id}`; path !== undefined; ) {
    const page = await operator.get(path);
    expect(page.status).toBe(200);
    seen.push(
      ...[...page.text.matchAll(/\/message\?connection=\w+&amp;id=(\w+)/g)].map(([, found = ""]) => found),
    );
    const [, next] = /href="(\/messages\?[^"]*before=[^"]*)">Search older/.exec(page.text) ?? [];
    path = next?.replaceAll("&amp;", "&");
  }
  expect(seen[0]).toBe("newest");
  expect(seen.toSorted()).toEqual(
    ["newest", ...Array.from({ length: 120 }, (_, index) => `m${index}`)].toSorted(),
  );
});

test("a person's archived messages are found by the whole id", async () => {
  const { id, operator } = await start();
  const page = await operator.get(`/messages?connection=${id}&person=u1`);
  const rows = [...page.text.matchAll(/\/message\?connection=\w+&amp;id=m(\d+)/g)].map(([, n]) => Number(n));
  expect(rows.length).toBeGreaterThanOrEqual(40);
  expect(rows.every((number) => number % 3 === 1)).toBe(true);
});

test("an email address leads to a user id that an archived identify call names with it, behind all that Redis has", async () => {
  const { dashboard, id, archive, operator } = await start();
  for (let group = 0; group < 11; group++) {
    const records = Array.from({ length: 1_000 }, (_, index) => record(`r${group}-${index}`));
    await appendRecords(dashboard.redis, id, records);
  }
  const message = { type: "identify", messageId: "i1", userId: "u1", traits: { email: "u1@example.com" } };
  const identify = line("i1", "u1", 59, { message, operations: [] });
  await archive.writeCut(id, { first: 121, last: 121 }, [[writeLine(identify)]], { mayWrite: () => true });
  for (const connection of [id, ""]) {
    const page = await operator.get(
      `/messages?connection=${connection}&person=u1@example.com&event=Archived`,
    );
    expect(page.text).toMatch(/also called <a href="[^"]*event=track\+Archived&amp;person=u1">u1<\/a>/);
  }
});

test("archived messages are filtered by event, reason and time", async () => {
  const { id, archive, operator } = await start();
  const count = async (query: string) => {
    const { text } = await operator.get(`/messages?connection=${id}&${query}`);
    return [...text.matchAll(/data-message="/g)].length;
  };
  expect(await count("from=2026-01-02T03:10&to=2026-01-02T03:20")).toBe(20);
  const imported = {
    type: "track",
    event: "Old",
    userId: "u",
    timestamp: "2025-12-24T12:00:00Z",
    receivedAt: "2026-01-02T03:00:00.000Z",
  };
  const old = writeLine(line("old", "u", 0, { message: imported }));
  await archive.writeCut(id, { first: 121, last: 121 }, [[old]], { mayWrite: () => true });
  expect(await count("time=happened&from=2025-12-24T00:00&to=2025-12-25T00:00")).toBe(1);
  expect(await count("from=2025-12-24T00:00&to=2025-12-25T00:00")).toBe(0);
  expect(await count("event=Archived&from=2026-01-02T03:10&to=2026-01-02T03:11")).toBe(2);
  expect(await count("event=Other")).toBe(0);
  expect(await count("reason=no-name")).toBe(0);
});

test("a dashboard that sees another archive says so, and shows what Redis has", async () => {
  const { dashboard, id, operator } = await start({ isForeign: true });
  await appendRecords(dashboard.redis, id, [record("newest")]);
  const ready = async () => (await (await fetch(`${dashboard.url}/readyz`)).json()) as { warnings: string[] };
  await waitFor(
    async () => (await ready()).warnings.some((text) => text.includes("does not see the archive")),
    {
      what: "the warning",
    },
  );
  const page = await operator.get(`/messages?connection=${id}`);
  expect(page.text).toContain("id=newest");
  expect(page.text).not.toContain("id=m7");
});

test("the list of several connections goes on from Redis into one archive after the other, each message once", async () => {
  const { dashboard, archive, operator } = await start();
  const { id: other } = await dashboard.store.ensure(input({ name: "Web" }));
  const { id: idle } = await dashboard.store.ensure(input({ name: "Idle" }));
  const lines = Array.from({ length: 70 }, (_, index) => line(`w${index}`, "u", index % 60));
  await archive.writeCut(other, { first: 1, last: 70 }, [lines.map(writeLine)], { mayWrite: () => true });
  const nowMs = Date.now();
  for (let index = 0; index < 130; index++) {
    const connection = index % 5 === 0 ? idle : other;
    await appendRecords(dashboard.redis, connection, [record(`r${index}`, { atMs: nowMs - 1_000 + index })]);
  }
  const seen: string[] = [];
  for (let path: string | undefined = "/messages"; path !== undefined; ) {
    const { text } = await operator.get(path);
    seen.push(...[...text.matchAll(/data-message="\S+ (\w+)"/g)].map(([, found = ""]) => found));
    path = /href="(\/messages\?[^"]*before=[^"]*)">Search older/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }
  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => prefix + index);
  expect(seen.slice(0, 130)).toEqual(names("r", 130).toReversed());
  expect(seen.slice(130).toSorted()).toEqual([...names("m", 120), ...names("w", 70)].toSorted());
});
