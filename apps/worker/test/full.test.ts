import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

test("F133 with Redis full to the last byte a worker takes up its connections and delivers, which alone makes room", async () => {
  const { client, destination, queue, startWorker, track } = await openSetting();
  await track(["a", "b", "c"]);
  await client.config("SET", "maxmemory", "1");
  await expect(client.set("any", "thing")).rejects.toThrow(/OOM/);
  startWorker();
  await waitFor(() => destination.visible().length === 3, { what: "the messages", timeoutMs: 10_000 });
  await waitFor(async () => (await queue.getCompletedCount()) === 1, { what: "their job to be completed" });
  // Longer than a lease lasts.
  await delay(5_000);
  await client.config("SET", "maxmemory", "0");
  await track(["d"]);
  await client.config("SET", "maxmemory", "1");
  await waitFor(() => destination.visible().length === 4, { what: "the last message", timeoutMs: 10_000 });
});
