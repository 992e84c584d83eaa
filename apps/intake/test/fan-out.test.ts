import type { SourceInput } from "@customerio-router/connections";
import { waitFor } from "@customerio-router/fixtures";
import type { Entry } from "@customerio-router/messages";
import { createBackend, forgetConnection } from "@customerio-router/queue";
import { readRefused } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { basic, errorOf, send } from "./intake-for-tests.ts";
import { type IntakeProcess, startIntakeProcess } from "./intake-process.ts";
import { noConnection, openSourceSetting } from "./source-setting.ts";

/** Connections and sources, and an intake process. */
async function openSetting(environment: Record<string, string> = {}) {
  const setting = await openSourceSetting();
  const { redis, dataDir, sources } = setting;
  const intake = await startIntakeProcess({
    redisUrl: redis.url,
    dataDir,
    environment: { ...noConnection, ...environment },
    ready: "/livez",
  });
  onTestFinished(() => intake.process[Symbol.asyncDispose]());
  const waiting = async (connectionId: string): Promise<Entry[]> =>
    (await setting.waiting(connectionId)).filter(({ message }) => idOf(message) !== "probe");
  return {
    ...setting,
    intake,
    async feed(input: Partial<SourceInput> & { connections: string[] }): Promise<string> {
      const saved = await sources.create({ name: "App", kind: "server", writeKey: "app", ...input });
      if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
      const probe = () => post(intake, "probe", saved.source.writeKeys[0]?.key);
      await waitFor(async () => (await probe()).status === 200, { what: "the source" });
      await setting.untilInRedis(intake, input.connections);
      return saved.source.id;
    },
    waiting,
    /** The same once the spool is empty: whenever Redis is slow for a moment, messages go there first. */
    async settled(connectionId: string): Promise<Entry[]> {
      await waitFor(async () => (await intake.spooledMessages()) === 0, { what: "an empty spool" });
      return await waiting(connectionId);
    },
  };
}

function idOf(message: unknown): string {
  return (message as { messageId: string }).messageId;
}

function post(
  intake: IntakeProcess,
  messageId: string,
  writeKey = "app",
  { headers = {}, text }: { headers?: Record<string, string>; text?: string } = {},
) {
  return send(`${intake.url}/v1/track`, {
    method: "POST",
    body: { userId: "u1", event: "E", messageId, ...(text !== undefined && { properties: { text } }) },
    headers: { authorization: basic(writeKey), ...headers },
  });
}

test("every connection of a source has its messages, with the source and its kind, and joins and parts while it runs", async () => {
  const { sources, intake, connect, feed, settled } = await openSetting();
  const [shop, brand, staging] = [await connect("Shop"), await connect("Brand"), await connect("Staging")];
  const source = await feed({ kind: "mobile", connections: [shop, brand] });
  expect((await post(intake, "m1")).status).toBe(200);
  for (const id of [shop, brand]) {
    expect(await settled(id)).toMatchObject([
      { message: { messageId: "m1" }, from: { source, kind: "mobile" } },
    ]);
  }
  expect(await settled(staging)).toEqual([]);
  await sources.feed(staging, [staging, source]);
  await sources.feed(brand, [brand]);
  let sent = 1;
  await waitFor(
    async () => {
      sent += 1;
      await post(intake, `m${sent}`);
      return (await settled(staging)).length > 0;
    },
    { what: "the join" },
  );
  expect((await settled(shop)).map(({ message }) => idOf(message))).toHaveLength(sent);
  await waitFor(
    async () => {
      const before = (await settled(brand)).length;
      sent += 1;
      await post(intake, `m${sent}`);
      return (await settled(brand)).length === before;
    },
    { what: "the parting" },
  );
});

test("F263 write keys are replaced under load without a refused call, and a retired one is refused", async () => {
  const { sources, intake, connect, feed, settled } = await openSetting();
  const shop = await connect("Shop");
  const source = await feed({ connections: [shop] });
  let writeKey = "app";
  let sent = 0;
  let isOver = false;
  const statuses = new Set<number>();
  const sending = (async () => {
    while (!isOver) {
      sent += 1;
      statuses.add((await post(intake, `m${sent}`, writeKey)).status);
    }
  })();
  for (let round = 0; round < 5; round++) {
    const added = await sources.addWriteKey(source);
    if (!added?.ok) throw new Error(JSON.stringify(added));
    await waitFor(async () => (await post(intake, "probe", added.writeKey.key)).status === 200, {
      what: "the new key",
    });
    const [old] = (await sources.get(source))?.writeKeys ?? [];
    writeKey = added.writeKey.key;
    // A call under way may still have the old key.
    const sentBefore = sent;
    await waitFor(() => sent > sentBefore + 1, { what: "the new key to be used" });
    await sources.retireWriteKey(source, old?.id ?? "");
    await waitFor(async () => (await post(intake, "probe", old?.key)).status === 401, {
      what: "the old key to be refused",
    });
  }
  isOver = true;
  await sending;
  expect([...statuses]).toEqual([200]);
  expect(await settled(shop)).toHaveLength(sent);
});

test("pages of another origin are refused where their scripts can read it; a call without an origin passes", async () => {
  const { client, intake, connect, feed, settled } = await openSetting();
  const shop = await connect("Shop");
  const source = await feed({ kind: "browser", origins: ["https://shop.example"], connections: [shop] });
  const from = (origin: string) => post(intake, origin, "app", { headers: { origin } });
  const refused = await from("https://evil.example");
  expect(refused).toMatchObject({ status: 403, headers: { "access-control-allow-origin": "*" } });
  expect(errorOf(refused)).toMatchObject({ reason: "wrong-origin" });
  for (const origin of ["null", "http://shop.example", "https://shop.example:8443"]) {
    expect((await from(origin)).status).toBe(403);
  }
  const preflight = await send(`${intake.url}/v1/track`, {
    method: "OPTIONS",
    headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect((await from("https://shop.example")).status).toBe(200);
  expect((await post(intake, "server")).status).toBe(200);
  expect((await settled(shop)).map(({ message }) => idOf(message))).toEqual([
    "https://shop.example",
    "server",
  ]);
  await waitFor(async () => (await readRefused(client, source)).some(({ requests }) => requests === 4), {
    what: "the refused calls",
  });
});

test("a paused source and one that feeds nothing are answered 200, counted, and keep nothing", async () => {
  const { client, sources, intake, connect, feed, settled } = await openSetting();
  const shop = await connect("Shop");
  const source = await feed({ connections: [] });
  expect((await post(intake, "m1")).status).toBe(200);
  await sources.update(source, { connections: [shop], paused: true });
  const counted = async () =>
    Object.fromEntries((await readRefused(client, source)).map(({ reason, requests }) => [reason, requests]));
  await waitFor(
    async () => {
      await post(intake, "m2");
      return "source-paused" in (await counted());
    },
    { what: "the pause" },
  );
  expect((await counted())["no-connection"]).toBeGreaterThan(1);
  expect(await settled(shop)).toEqual([]);
  await sources.update(source, { paused: false });
  await waitFor(async () => (await post(intake, "m3")) && (await settled(shop)).length > 0, {
    what: "the end of it",
  });
});

test("a source has a limit of its own", async () => {
  const { intake, connect, feed } = await openSetting();
  const shop = await connect("Shop");
  await feed({ connections: [shop], messagesPerSecond: 1 });
  const statuses = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map(async (n) => (await post(intake, `m${n}`)).status),
  );
  expect(statuses).toContain(429);
  expect(statuses).toContain(200);
});

test("F264 a connection that is deleted while it is fed leaves its source's callers to the others", async () => {
  const { client, intake, store, connect, feed, settled } = await openSetting();
  const [shop, brand] = [await connect("Shop"), await connect("Brand")];
  await feed({ connections: [shop, brand] });
  // As intakes see it that have not heard of it yet.
  await forgetConnection({ redis: client, backend: createBackend(client), connectionId: brand });
  expect((await post(intake, "m1")).status).toBe(200);
  await store.remove(brand);
  expect((await post(intake, "m2")).status).toBe(200);
  expect((await settled(shop)).map(({ message }) => idOf(message))).toEqual(["m1", "m2"]);
  expect(await settled(brand)).toEqual([]);
});

test("F265 a connection over its bound uses its part of the spool, then its callers wait; the others go on", async () => {
  const { client, intake, store, connect, feed, waiting } = await openSetting({ SPOOL_BYTES: "200000" });
  const bounded = await connect("Bounded", { backlogBytes: 10_000 });
  const other = await connect("Other");
  await feed({ connections: [bounded, other] });
  const text = "x".repeat(5_000);
  let taken = 0;
  const refused = await waitFor(
    async () => {
      const answer = await post(intake, `m${taken + 1}`, "app", { text });
      if (answer.status !== 200) return answer;
      taken += 1;
      return undefined;
    },
    { what: "the bound", pollMs: 20 },
  );
  expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
  expect(errorOf(refused)).toMatchObject({ reason: "backlog-full" });
  // Half of the spool is its part: some 19 messages of 5 KB.
  expect(await intake.spooledMessages()).toBeGreaterThanOrEqual(15);
  expect(await intake.spooledMessages()).toBeLessThanOrEqual(20);
  // Nothing is half-kept: what was refused is with neither of them.
  await waitFor(async () => (await waiting(other)).length >= taken, { what: "those of the other one" });
  expect(await waiting(other)).toHaveLength(taken);
  const own = (await store.get(other))?.writeKey;
  expect((await post(intake, "own", own)).status).toBe(200);

  const seen = new Set<string>();
  /** Makes room by what it has seen: what the intake adds meanwhile stays. */
  const takeWaiting = async () => {
    for (const job of await createBackend(client).queue(bounded).getWaiting()) {
      for (const { message } of job.data.entries) seen.add(idOf(message));
      await job.remove();
    }
  };
  await waitFor(
    async () => {
      await takeWaiting();
      return (await intake.spooledMessages()) === 0;
    },
    { what: "the spool to be drained as room comes", timeoutMs: 30_000 },
  );
  await takeWaiting();
  expect([...seen].filter((id) => id !== "probe").sort()).toEqual(
    Array.from({ length: taken }, (_, index) => `m${index + 1}`).sort(),
  );
  expect((await post(intake, "again", "app", { text })).status).toBe(200);
});

test("F266 while Redis is away from the start, the spool's file knows sources, joins, kinds and origins", async () => {
  const { redis, dataDir, intake, connect, feed, waiting } = await openSetting();
  const [shop, brand] = [await connect("Shop"), await connect("Brand")];
  const source = await feed({
    kind: "browser",
    origins: ["https://shop.example"],
    connections: [shop, brand],
  });
  await intake.process.kill("SIGTERM");
  await redis.kill("SIGTERM");
  const again = await startIntakeProcess({
    redisUrl: redis.url,
    dataDir,
    environment: noConnection,
    ready: "/livez",
  });
  onTestFinished(() => again.process[Symbol.asyncDispose]());
  expect((await post(again, "evil", "app", { headers: { origin: "https://evil.example" } })).status).toBe(
    403,
  );
  expect((await post(again, "kept")).status).toBe(200);
  await redis.restart();
  for (const id of [shop, brand]) {
    await waitFor(async () => (await waiting(id)).length > 0, { what: "the drain", timeoutMs: 30_000 });
    expect(await waiting(id)).toMatchObject([
      { message: { messageId: "kept" }, from: { source, kind: "browser" } },
    ]);
  }
});

test("F313 an import counts a message as known once every connection had it, and as unchecked while nobody can say", async () => {
  const { redis, sources, store, intake, connect, feed } = await openSetting();
  const [shop, brand] = [await connect("Shop"), await connect("Brand")];
  const source = await feed({ connections: [shop, brand] });
  const importing = async (...messageIds: string[]) => {
    const batch = messageIds.map((messageId) => ({ type: "track", userId: "u1", event: "E", messageId }));
    const headers = { authorization: basic("app") };
    const answer = await send(`${intake.url}/v1/import`, { method: "POST", body: { batch }, headers });
    expect(answer.status).toBe(200);
    return JSON.parse(answer.body) as { known: number; unchecked: number };
  };
  /** Whenever Redis is slow for a moment, messages go to the spool, unchecked. */
  const untilKnown = (known: number, ...messageIds: string[]) =>
    waitFor(async () => (await importing(...messageIds)).known === known, { what: `${known} known` });

  expect((await post(intake, "m1", (await store.get(shop))?.writeKey)).status).toBe(200);
  expect(await importing("m1", "m2")).toMatchObject({ known: 0 });
  await untilKnown(2, "m1", "m2");
  await untilKnown(1, "m2", "m3");

  await redis.kill("SIGKILL");
  expect(await importing("m2", "m4")).toEqual({ success: true, known: 0, unchecked: 2 });
  expect(await importing("m5", "m5")).toEqual({ success: true, known: 1, unchecked: 1 });
  await redis.restart();
  await untilKnown(4, "m2", "m4", "m5", "m3");

  expect((await post(intake, "m6", (await store.get(shop))?.writeKey)).status).toBe(200);
  await sources.feed(brand, [brand]);
  await waitFor(async () => (await sources.get(source))?.connections.length === 1, { what: "the part" });
  await untilKnown(1, "m6");
});
