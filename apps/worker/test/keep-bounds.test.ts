import { setTimeout as delay } from "node:timers/promises";
import { startFaultProxy, waitFor } from "@customerio-router/fixtures";
import { listRecords, recordBytes } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { disposed, openSetting } from "./setting.ts";

test("when Redis gets crowded, what is only looked at makes room for messages", async () => {
  const { client, connection, destination, queue, startWorker, track } = await openSetting();
  const people = Array.from({ length: 100 }, (_, number) => `p${number}`);
  for (let round = 0; round < 50; round++) await track(people, { properties: { text: "x".repeat(500) } });
  startWorker();
  await waitFor(() => destination.visible().length === 5_000, { what: "all" });
  await waitFor(async () => (await queue.getCompletedCount()) === 50, { what: "the jobs" });
  await waitFor(async () => (await recordBytes(client, connection.id)) > 0, { what: "the records" });
  const recorded = await recordBytes(client, connection.id);
  const used = Number(/used_memory:(\d+)/.exec(await client.info("memory"))?.[1]);
  await client.config("SET", "maxmemory", String(Math.round(used / 0.7)));
  await waitFor(async () => (await recordBytes(client, connection.id)) <= recorded / 2, {
    what: "records to go",
    timeoutMs: 25_000,
  });
  expect(await queue.getCompletedCount()).toBeLessThan(26);
});

test("while all is within its bounds, no record is removed that came since the bounds were looked at", async () => {
  const { client, connection, destination, redis, startWorker, track } = await openSetting();
  const proxy = disposed(await startFaultProxy({ targetPort: redis.port }));
  // A slow network: messages are settled between looking and trimming.
  proxy.delay(100);
  startWorker({ redisPort: proxy.port });
  const people = Array.from({ length: 20 }, (_, number) => `p${number}`);
  let sent = 0;
  for (const endsAt = performance.now() + 6_000; performance.now() < endsAt; sent += people.length) {
    await track(people);
    await delay(20);
  }
  await waitFor(() => destination.visible().length === sent, { what: "all" });
  const counted = async () => (await listRecords(client, connection.id, { limit: sent + 1 })).records.length;
  await waitFor(async () => (await counted()) === sent, { what: "a record of each" });
});
