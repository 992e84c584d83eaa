import { createHash } from "node:crypto";
import { openArchive } from "@customerio-router/archive";
import { createRuleStore, readRuleFailures } from "@customerio-router/connections";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { messageIdOf } from "@customerio-router/messages";
import { startReplay } from "@customerio-router/queue";
import { listRecords, readLedger, readReports } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { disposed, openSetting, secretKey } from "./setting.ts";

async function open() {
  const setting = await openSetting();
  const { client, connection } = setting;
  const store = createRuleStore({ redis: client, secretKey });
  let version = 0;
  return {
    ...setting,
    async save(rules: unknown[], more: object = {}) {
      const named = rules.map((rule, at) => ({ name: `rule ${at + 1}`, ...(rule as object) }));
      const saved = await store.put(connection.id, { version, rules: named, ...more });
      if (!saved?.ok) throw new Error(JSON.stringify(saved));
      version = saved.list.version;
    },
    settles: (messages: number) =>
      waitFor(
        async () => {
          const { total } = await readLedger(client, connection.id, { by: "reason" });
          return total.delivered + total.skipped === messages;
        },
        { what: `${messages} outcomes`, timeoutMs: 20_000 },
      ),
    records: async () => (await listRecords(client, connection.id, { limit: 100 })).records,
  };
}

const card = "4111111111111111";

test("rules bind what waits: dropped messages are skipped by name, and records say which rules touched them", async () => {
  const { track, save, startWorker, settles, records, client, connection, destination } = await open();
  await track(["ann", "bob@internal.example"], { properties: { card, total: 3 } });
  await save([
    { if: 'message.userId.endsWith("@internal.example")', then: { drop: true } },
    { then: { remove: "properties.card" } },
    { if: "message.properties.total > 2.0", then: { renameEvent: "Renamed" } },
    { if: 'message.event == "other"', then: { set: { field: "properties.x", value: 1 } } },
  ]);
  startWorker();
  await settles(2);
  expect(destination.visible()).toMatchObject([{ name: "Renamed", attributes: { total: 3 } }]);
  expect(JSON.stringify(destination.received)).not.toContain(card);
  const kept = await records();
  expect(kept.map(({ outcome, reason, rules }) => ({ outcome, reason, rules }))).toEqual(
    expect.arrayContaining([
      { outcome: "delivered", reason: undefined, rules: ["rule 2", "rule 3"] },
      { outcome: "skipped", reason: "rule: rule 1", rules: ["rule 2", "rule 1"] },
    ]),
  );
  const { split } = await readLedger(client, connection.id, { by: "reason" });
  expect(JSON.stringify(split)).toContain("rule: rule 1");
});

test("F256 rules that are saved bind what is in hand and retried: nothing goes out as before", async () => {
  const { track, save, startWorker, settles, destination } = await open();
  destination.reply = () => ({ status: 500 });
  await track(["ann", "bob"], { properties: { card } });
  startWorker();
  await waitFor(() => destination.received.length > 0, { what: "a try" });
  await save([{ then: { remove: "properties.card" } }]);
  const tried = () => JSON.stringify(destination.received.at(-1)?.items);
  await waitFor(() => !tried().includes(card), { what: "a try by the rules", timeoutMs: 30_000 });
  const before = destination.received.length;
  destination.reply = () => undefined;
  await settles(2);
  expect(destination.visible().map(({ attributes }) => attributes)).toEqual([{}, {}]);
  expect(JSON.stringify(destination.received.slice(before))).not.toContain(card);
});

test("a condition that fails leaves the message as it is, and is counted with an example until rules are saved", async () => {
  const { track, save, startWorker, settles, client, connection, destination } = await open();
  await save([{ if: "message.event > 1.0", then: { drop: true } }]);
  startWorker();
  const [, , last] = await track(["ann", "bob", "cem"]);
  await settles(3);
  expect(destination.visible()).toHaveLength(3);
  const failures = () => readRuleFailures(client, connection.id);
  await waitFor(async () => (await failures())["rule 1"]?.count === 3, { what: "its count" });
  expect(await failures()).toEqual({
    "rule 1": {
      count: 3,
      messageId: messageIdOf(last?.message),
      why: "`>` needs two numbers or two texts, and got text and a number.",
      atMs: expect.any(Number),
    },
  });
  await save([]);
  expect(await failures()).toEqual({});
});

test("F257 nothing is hashed twice: neither what intake hashed, nor on a retry or a replay", async () => {
  const { client, connection, destination, enqueuer, save, startWorker, settles } = await open();
  const { path } = disposed(await temporaryFolder());
  const archive = await openArchive({ url: "file:", dataDir: path, onWarning: () => {} });
  const salted = (text: string) => createHash("sha256").update(`pepper${text}`).digest("hex");
  await save([{ then: { hash: "traits.email" } }], { salt: "pepper" });
  const message = { type: "identify", timestamp: "2026-01-01T00:00:00Z" };
  const hashed = { ...message, messageId: "m1", userId: "ann", traits: { email: salted("ann@example.com") } };
  const plain = { ...message, messageId: "m2", userId: "bob", traits: { email: "Bob@example.com " } };
  await enqueuer.enqueue(connection.id, [{ message: hashed, treated: ["traits.email"] }, { message: plain }]);
  destination.reply = () => (destination.received.length === 1 ? { status: 503 } : undefined);
  startWorker({ archive, archiveCutMs: 0 });
  await settles(2);
  const emails = () => destination.visible().map(({ attributes }) => attributes?.email);
  expect(emails().sort()).toEqual([salted("ann@example.com"), salted("bob@example.com")].sort());
  const lines = async () => {
    const found = [];
    for await (const line of archive?.readAll(connection.id) ?? []) found.push(line);
    return found;
  };
  await waitFor(async () => (await lines()).length === 2, { what: "archived lines", timeoutMs: 20_000 });
  expect((await lines()).map(({ line }) => line.rules)).toEqual([["rule 1"], ["rule 1"]]);
  const wish = { sourceId: connection.id, filter: {}, withState: true, asNew: false, startedBy: "a test" };
  await startReplay(client, connection.id, wish);
  await settles(4);
  expect([...new Set(emails())]).toHaveLength(2);
  expect(emails()).toHaveLength(4);
});

test("F258 rules whose salt cannot be decrypted stop the connection, and it says why", async () => {
  const { track, startWorker, client, connection, destination } = await open();
  const other = createRuleStore({ redis: client, secretKey: "another secret key of the tests" });
  const rules = [{ name: "Hash", then: { hash: "properties.email" } }];
  await other.put(connection.id, { version: 0, rules, salt: "pepper" });
  await track(["ann"], { properties: { email: "ann@example.com" } });
  startWorker();
  const state = async () => (await readReports(client, [connection.id])).connections[0]?.state;
  await waitFor(async () => (await state())?.state === "needs-attention", { what: "the state" });
  expect(await state()).toMatchObject({ why: expect.stringMatching(/cannot decrypt the salt of the rules/) });
  expect(destination.received).toEqual([]);
  await other.put(connection.id, { version: 1, rules, salt: null });
  await waitFor(() => destination.visible().length === 1, { what: "delivery", timeoutMs: 20_000 });
});
