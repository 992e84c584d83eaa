import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

test("F131 100 reads of the metrics from a silent Redis are answered, and hold one read's commands", async () => {
  const { redis, client, connection, startWorker } = await openSetting();
  const worker = startWorker();
  const owned = `customerio_router_lease_held{connection="${connection.id}"} 1`;
  await waitFor(async () => (await worker.readMetrics()).includes(owned), { what: "the lease" });
  const count = async () =>
    Number(/cmdstat_hexists:calls=(\d+)/.exec(await client.info("commandstats"))?.[1]);
  const before = await count();
  redis.freeze();
  try {
    const answers = await Promise.all(Array.from({ length: 100 }, worker.readMetrics));
    expect(answers.every((text) => text.includes("process_cpu_seconds_total"))).toBe(true);
  } finally {
    redis.thaw();
  }
  // The worker itself polls the queue meanwhile.
  expect((await count()) - before).toBeLessThan(50);
});
