import { setTimeout as delay } from "node:timers/promises";
import { processUsage, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openSystem, type WorkerService } from "./system.ts";

/** How often a worker refreshes its leases. */
const refreshMs = 1_400;

test("workers share connections fairly, and anew when one comes, goes or is killed", async () => {
  await using system = await openSystem({ connections: 6 });
  const shares = async (...workers: WorkerService[]) =>
    (await Promise.all(workers.map((worker) => worker.owned()))).map((owned) => owned.length);
  const share = async (workers: WorkerService[], expected: number[]) => {
    await waitFor(async () => String(await shares(...workers)) === String(expected), {
      what: () => `shares of ${expected}`,
    });
    const owned = (await Promise.all(workers.map((worker) => worker.owned()))).flat();
    expect(new Set(owned).size).toBe(6);
  };
  const first = await system.startWorker();
  await share([first], [6]);
  const second = await system.startWorker();
  await share([first, second], [3, 3]);
  const third = await system.startWorker();
  await share([first, second, third], [2, 2, 2]);
  await second.process.kill("SIGTERM");
  await share([first, third], [3, 3]);
  await third.process.kill("SIGKILL");
  await share([first], [6]);
});

test("1,000 idle connections in one worker take little memory, hardly any CPU and a handful of connections to Redis", {
  timeout: 90_000,
}, async () => {
  await using system = await openSystem();
  const { client, store } = system;
  const clients = async () =>
    String(await client.call("CLIENT", "LIST"))
      .trim()
      .split("\n").length;
  const before = await clients();
  for (let index = 0; index < 999; index++) {
    await store.create({ name: `Idle ${index}`, siteId: "site", apiKey: "a-key-of-nobody", region: "us" });
  }
  const worker = await system.startWorker();
  await waitFor(async () => (await worker.owned()).length === 1_000, {
    what: "1,000 leases",
    timeoutMs: 30_000,
    pollMs: 1_000,
  });
  await delay(5_000);
  const rounds = 7;
  const { cpuSeconds } = await processUsage(worker.process.pid);
  const least = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    // The least that keeping a thousand leases costs on this machine: a command for each of them in each round.
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => client.set(`least:${index}`, "x", "PX", 4_000)),
    );
    await delay(refreshMs);
  }
  const { user, system: kernel } = process.cpuUsage(least);
  const after = await processUsage(worker.process.pid);
  expect((after.cpuSeconds - cpuSeconds) / ((user + kernel) / 1_000_000)).toBeLessThan(20);
  expect(await worker.heapBytes()).toBeLessThan(180_000_000);
  expect((await clients()) - before).toBeLessThan(6);
});
