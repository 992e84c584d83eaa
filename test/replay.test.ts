import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Archive, openArchive } from "@customerio-router/archive";
import { createConnectionStore } from "@customerio-router/connections";
import { createSandbox, defaultKeys } from "@customerio-router/customerio-sandbox";
import { type Child, startProcess, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { changeReplay, listReplays, type Replay } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { readLedger } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { destinationKeys, startDestination } from "./destination.ts";
import { startRouter } from "./router.ts";
import { post } from "./send.ts";

/** Intake and worker as processes; settled messages are archived within a second. */
async function open(options: Parameters<typeof startRouter>[0]) {
  const router = await startRouter(options);
  onTestFinished(() => router[Symbol.asyncDispose]());
  router.env.ARCHIVE_CUT_MS = "0";
  await router.restartWorker();
  const redis = connectRedis({ url: router.redis.url, profile: "producer" });
  onTestFinished(() => redis.disconnect());
  const store = createConnectionStore({ redis, secretKey: router.env.SECRET_KEY, allowCustomTrackUrl: true });
  const [connection] = await waitFor(
    async () => ((await store.list()).length > 0 ? store.list() : undefined),
    {
      what: "the connection",
    },
  );
  const { id = "" } = connection ?? {};
  const archive = (await openArchive({
    url: "file:",
    dataDir: router.env.DATA_DIR,
    onWarning: () => {},
  })) as Archive;

  return {
    router,
    redis,
    archive,
    connectionId: id,
    async send(messages: object[]) {
      for (let from = 0; from < messages.length; from += 200) {
        const batch = messages.slice(from, from + 200);
        expect((await post(router, "/v1/batch", JSON.stringify({ batch }))).status).toBe(200);
      }
    },
    archived: async (lines: number) => {
      let found = 0;
      const areThere = async () => {
        found = (await archive.list()).find(({ connectionId }) => connectionId === id)?.lines ?? 0;
        return found === lines;
      };
      await waitFor(areThere, { what: () => `${lines} lines, of ${found}`, timeoutMs: 60_000, pollMs: 100 });
    },
    async cli(...args: string[]): Promise<Child> {
      const child = await startProcess({
        entry: "apps/cli/src/main.ts",
        args: ["replay", "start", "Whole way", "--yes", "--json", ...args],
        env: router.env,
      });
      onTestFinished(() => child[Symbol.asyncDispose]());
      return child;
    },
    /** The newest replay. */
    async replay(): Promise<Replay | undefined> {
      return (await listReplays(redis, id))[0];
    },
    account: async () => (await readLedger(redis, id, { by: "day" })).total,
  };
}

type Setting = Awaited<ReturnType<typeof open>>;

async function reached({ replay }: Setting, added: number): Promise<Replay> {
  return await waitFor(
    async () => {
      const now = await replay();
      return now && now.added >= added ? now : undefined;
    },
    { what: `${added} to be added`, timeoutMs: 60_000 },
  );
}

/** What a command printed as JSON in the end. */
async function resultOf(child: Child): Promise<Replay> {
  const { code } = await child.exited;
  expect([code, code === 0 ? "" : child.stderr]).toEqual([0, ""]);
  return (JSON.parse(child.stdout) as { replay: Replay }).replay;
}

const times = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
const track = (index: number) => ({
  type: "track",
  messageId: `t${index}`,
  userId: `p${index % 40}`,
  event: "Bought",
  timestamp: times(index),
});

test("kill -9 of the owner in the midst of a replay: the next owner goes on, nothing is lost, doubled or turned back", {
  timeout: 120_000,
}, async () => {
  const sandbox = await createSandbox();
  const trackUrl = await sandbox.start();
  onTestFinished(() => sandbox.close());
  const settings = { batchOperations: 20, limiter: { max: 10, duration: 100 }, destructiveEvents: true };
  const setting = await open({ trackUrl, keys: defaultKeys, settings });
  const messages = Array.from({ length: 1_500 }, (_, index) => track(index));
  const identify = (index: number, plan: string) => ({
    ...{ type: "identify", messageId: `i${index}`, userId: `p${index % 40}`, traits: { plan } },
    timestamp: times(index),
  });
  const state = [
    ...Array.from({ length: 80 }, (_, index) => identify(index, `plan ${index}`)),
    { type: "group", messageId: "g1", userId: "p1", groupId: "acme", traits: { size: 1 } },
    { type: "group", messageId: "g2", userId: "p1", groupId: "acme", traits: { size: 2 } },
    { type: "track", messageId: "d1", userId: "gone", event: "User Deleted" },
    { type: "identify", messageId: "x1", userId: "gone", traits: { plan: "back" }, timestamp: times(99) },
    { type: "alias", messageId: "a1", userId: "p2", previousId: "was-p2" },
  ];
  await setting.send([...messages, ...state]);
  await setting.archived(1_585);
  const { workspace, counts } = sandbox.memory;
  const seen = () =>
    JSON.stringify([...workspace.people.all.values()].map((one) => [one, [...one.attributes]]));
  const before = seen();
  const child = await setting.cli();
  for (const added of [200, 700]) {
    await reached(setting, added);
    await setting.router.worker.kill("SIGKILL");
    await setting.router.restartWorker();
  }
  const replay = await resultOf(child);
  // What it added is archived meanwhile; read again, it is left out.
  const { replayed = 0 } = replay.leftOut;
  expect(replay).toMatchObject({ state: "done", read: 1_585 + replayed, added: 1_585 });
  expect(replay.outcomes).toEqual({ delivered: 1_581, skipped: 4, rejected: 0 });
  expect(await setting.account()).toMatchObject({
    ...{ received: 3_170, delivered: 3_166, skipped: 4, waiting: 0, unaccounted: 0 },
  });
  expect(counts.byAction["person event"]).toBeGreaterThanOrEqual(3_000);
  expect(counts).toMatchObject({
    conflicts: 0,
    byAction: { "person delete": 1, "object identify": 2, "person merge": 1 },
  });
  expect(counts.duplicates).toBe((counts.byAction["person event"] ?? 0) - 1_500);
  expect(seen()).toBe(before);
});

test("kill -9 of the command that reads a file: the same command goes on behind what it added", {
  timeout: 120_000,
}, async () => {
  const destination = await startDestination();
  onTestFinished(() => destination[Symbol.asyncDispose]());
  const settings = { batchOperations: 20, limiter: { max: 10, duration: 100 } };
  const setting = await open({ trackUrl: destination.url, keys: destinationKeys, settings });
  await setting.send(Array.from({ length: 1_500 }, (_, index) => track(index)));
  await setting.archived(1_500);
  const lines: string[] = [];
  for await (const { line } of setting.archive.readAll(setting.connectionId))
    lines.push(JSON.stringify(line));
  await using folder = await temporaryFolder();
  const file = join(folder.path, "lines.ndjson");
  await writeFile(file, lines.join("\n"));
  const first = await setting.cli("--file", file);
  await reached(setting, 300);
  await first.kill("SIGKILL");
  await sleep(1_000);
  const { added = 0 } = (await setting.replay()) ?? {};
  expect(added).toBeLessThan(1_500);
  const replay = await resultOf(await setting.cli("--file", file));
  expect(replay).toMatchObject({ state: "done", read: 1_500, added: 1_500 });
  expect(await listReplays(setting.redis, setting.connectionId)).toHaveLength(1);
  expect(await setting.account()).toMatchObject({ received: 3_000, delivered: 3_000, waiting: 0 });
  expect(destination.arrived).toHaveLength(3_000);
  expect(new Set(destination.arrived.map(({ id }) => id)).size).toBe(1_500);
});

test("a day replayed twice beside live traffic: each event once, and the live p99 less than 20 % worse", {
  timeout: 300_000,
}, async () => {
  const destination = await startDestination({ latencyMs: 40 });
  onTestFinished(() => destination[Symbol.asyncDispose]());
  const setting = await open({ trackUrl: destination.url, keys: destinationKeys });
  const { redis, connectionId } = setting;
  await setting.send(Array.from({ length: 20_000 }, (_, index) => track(index)));
  await setting.archived(20_000);
  const live = sendLive(setting, destination);
  const child = await setting.cli("--to", "2027-01-01");
  await reached(setting, 300);
  const { id } = (await setting.replay()) as Replay;
  let [without, beside] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let windows = 0;
  // The best of some windows, since other work on the machine makes some of them slow.
  while (windows < 3 || (windows < 8 && beside >= 1.2 * without)) {
    windows += 1;
    await changeReplay(redis, { connectionId, id }, "pause");
    await sleep(500);
    without = Math.min(without, await live.p99During(2_500));
    if ((await changeReplay(redis, { connectionId, id }, "resume")) !== "running") break;
    await sleep(500);
    const { added } = (await setting.replay()) as Replay;
    const p99 = await live.p99During(2_500);
    const now = (await setting.replay()) as Replay;
    // A window in which the replay ended says nothing.
    if (now.state !== "running") break;
    expect(now.added).toBeGreaterThan(added);
    beside = Math.min(beside, p99);
  }
  console.log(
    `live p99: ${without.toFixed(0)} ms without, ${beside.toFixed(0)} ms beside, ${windows} windows`,
  );
  expect(beside).toBeLessThan(1.2 * without);
  const first = await resultOf(child);
  const sent = await live.stop();
  const second = await resultOf(await setting.cli("--event", "track Bought"));
  expect(first).toMatchObject({ state: "done", outcomes: { skipped: 0, rejected: 0 } });
  expect(second).toMatchObject({ state: "done", added: 20_000 });
  const delivered = 20_000 + sent + first.added + second.added;
  expect(await setting.account()).toMatchObject({
    received: delivered,
    delivered,
    waiting: 0,
    unaccounted: 0,
  });
  expect(new Set(destination.arrived.map(({ id }) => id)).size).toBe(20_000 + sent);
});

/** Sends a live event about every 10 ms, each of a person of its own, and knows how long each took to arrive. */
function sendLive(
  { router }: Setting,
  destination: Awaited<ReturnType<typeof startDestination>>,
): { p99During(ms: number): Promise<number>; stop(): Promise<number> } {
  const sentAtMs = new Map<string, number>();
  let tookMs: number[] = [];
  destination.misbehave = (operations) => {
    for (const { name = "" } of operations) {
      const sent = sentAtMs.get(name);
      if (sent !== undefined) tookMs.push(performance.now() - sent);
    }
    return undefined;
  };
  let isOver = false;
  const sending = (async () => {
    for (let number = 0; ; number++) {
      if (isOver) return number;
      const event = `Live ${number}`;
      sentAtMs.set(event, performance.now());
      const answer = await post(router, "/v1/track", JSON.stringify({ event, userId: `live-${number}` }));
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
      await sleep(10);
    }
  })();
  // Where the test fails before it stops, the intake is gone.
  sending.catch(() => {});
  return {
    async p99During(ms) {
      tookMs = [];
      await sleep(ms);
      const sorted = tookMs.toSorted((one, other) => one - other);
      expect(sorted.length).toBeGreaterThan(50);
      return sorted[Math.floor(sorted.length * 0.99)] as number;
    },
    async stop() {
      isOver = true;
      return await sending;
    },
  };
}
