import { waitFor } from "@customerio-router/fixtures";
import { recordBytes } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

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
