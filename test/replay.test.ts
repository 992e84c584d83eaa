import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSandbox, defaultKeys } from "@customerio-router/customerio-sandbox";
import { temporaryFolder } from "@customerio-router/fixtures";
import { listReplays } from "@customerio-router/queue";
import { expect, onTestFinished, test } from "vitest";
import { destinationKeys, startDestination } from "./destination.ts";
import { dayOf, openReplaying, resultOf, secondOfDay, sendLive } from "./replaying.ts";

const timeout = 120_000;
/** Slow enough to be killed in the middle. */
const slowly = { batchOperations: 20, limiter: { max: 10, duration: 100 } };

test("kill -9 of the owner in the midst of a replay: the next owner goes on, nothing is lost, doubled or turned back", {
  timeout,
}, async () => {
  const sandbox = await createSandbox();
  const trackUrl = await sandbox.start();
  onTestFinished(() => sandbox.close());
  const settings = { ...slowly, destructiveEvents: true };
  await using setting = await openReplaying({ trackUrl, keys: defaultKeys, settings });
  const identify = (index: number, plan: string) => ({
    ...{ type: "identify", messageId: `i${index}`, userId: `p${index % 40}`, traits: { plan } },
    timestamp: secondOfDay(index),
  });
  const state = [
    ...Array.from({ length: 80 }, (_, index) => identify(index, `plan ${index}`)),
    { type: "group", messageId: "g1", userId: "p1", groupId: "acme", traits: { size: 1 } },
    { type: "group", messageId: "g2", userId: "p1", groupId: "acme", traits: { size: 2 } },
    { type: "track", messageId: "d1", userId: "gone", event: "User Deleted" },
    {
      type: "identify",
      messageId: "x1",
      userId: "gone",
      traits: { plan: "back" },
      timestamp: secondOfDay(99),
    },
    { type: "alias", messageId: "a1", userId: "p2", previousId: "was-p2" },
  ];
  await setting.send([...dayOf(1_500), ...state]);
  await setting.archived(1_585);
  const { workspace, counts } = sandbox.memory;
  const seen = () =>
    JSON.stringify([...workspace.people.all.values()].map((one) => [one, [...one.attributes]]));
  const before = seen();
  const command = await setting.start();
  for (const added of [200, 700]) {
    await setting.reached(added);
    await setting.router.worker.kill("SIGKILL");
    await setting.router.restartWorker();
  }
  const replay = await resultOf(command);
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
  timeout,
}, async () => {
  await using destination = await startDestination();
  const options = { trackUrl: destination.url, keys: destinationKeys, settings: slowly };
  await using setting = await openReplaying(options);
  await setting.send(dayOf(1_500));
  await setting.archived(1_500);
  const lines: string[] = [];
  for await (const { line } of setting.archive.readAll(setting.connectionId))
    lines.push(JSON.stringify(line));
  await using folder = await temporaryFolder();
  const file = join(folder.path, "lines.ndjson");
  await writeFile(file, lines.join("\n"));
  const first = await setting.start("--file", file);
  await setting.reached(300);
  await first.kill("SIGKILL");
  await sleep(1_000);
  const { added = 0 } = (await setting.newest()) ?? {};
  expect(added).toBeLessThan(1_500);
  const replay = await resultOf(await setting.start("--file", file));
  expect(replay).toMatchObject({ state: "done", read: 1_500, added: 1_500 });
  expect(await listReplays(setting.redis, setting.connectionId)).toHaveLength(1);
  expect(await setting.account()).toMatchObject({ received: 3_000, delivered: 3_000, waiting: 0 });
  expect(destination.arrived).toHaveLength(3_000);
  expect(new Set(destination.arrived.map(({ id }) => id)).size).toBe(1_500);
});

test("a day replayed twice beside live traffic: each event is visible once, and live events pass meanwhile", {
  timeout,
}, async () => {
  await using destination = await startDestination({ latencyMs: 40 });
  await using setting = await openReplaying({ trackUrl: destination.url, keys: destinationKeys });
  const count = 2_000;
  await setting.send(dayOf(count));
  await setting.archived(count);
  const live = sendLive(setting.router, destination);
  const before = destination.arrived.length;
  const first = await resultOf(await setting.start("--to", "2027-01-01"));
  const sent = await live.stop();
  expect(first).toMatchObject({ state: "done", outcomes: { skipped: 0, rejected: 0 } });
  const isLive = destination.arrived.slice(before).map(({ name = "" }) => name.startsWith("Live"));
  expect(isLive.slice(isLive.indexOf(false), isLive.lastIndexOf(false))).toContain(true);

  const second = await resultOf(await setting.start("--event", "track Bought"));
  expect(second).toMatchObject({ state: "done", added: count });
  const delivered = count + sent + first.added + second.added;
  expect(await setting.account()).toMatchObject({
    received: delivered,
    delivered,
    waiting: 0,
    unaccounted: 0,
  });
  expect(new Set(destination.arrived.map(({ id }) => id)).size).toBe(count + sent);
});
