import { startRedis, waitFor } from "@customerio-router/fixtures";
import { createEnqueuer } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { openSystem } from "./system.ts";

test("F74 ten connections whose destinations hang, with a long backlog each, do not take the memory of a small worker", {
  timeout: 120_000,
}, async () => {
  await using redis = await startRedis({ appendfsync: "no" });
  await using system = await openSystem({ connections: 10, redis });
  const producer = connectRedis({ url: redis.url, profile: "producer" });
  await waitFor(() => producer.status === "ready", { what: "Redis" });
  const enqueuer = createEnqueuer({ redis: producer });
  const text = "x".repeat(800);
  const properties = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`p${index}`, text]));
  for (const { connection } of system.links) {
    for (let part = 0; part < 20; part++) {
      const entries = Array.from({ length: 100 }, (_, index) => {
        const number = part * 100 + index;
        return {
          message: { type: "track", messageId: `m${number}`, userId: `u${number}`, event: "E", properties },
        };
      });
      await enqueuer.enqueue(connection.id, entries);
    }
  }
  await enqueuer.close();
  producer.disconnect();

  let asked = 0;
  for (const { destination } of system.links) {
    let isFirst = true;
    destination.misbehave = () => {
      if (isFirst) asked += 1;
      isFirst = false;
      return { answer: "silence" };
    };
  }
  const worker = await system.startWorker({ NODE_OPTIONS: "--max-old-space-size=384" });
  await waitFor(() => asked === 10 || !worker.process.running, {
    what: "a request to each destination",
    timeoutMs: 30_000,
  });
  // It takes what it may.
  let last = -1;
  await waitFor(
    async () => {
      const before = last;
      last = await worker.heapBytes();
      return Math.abs(last - before) < 5_000_000;
    },
    { what: "its memory to settle", timeoutMs: 30_000, pollMs: 1_000 },
  );
  expect(worker.process.running, worker.process.output.slice(-2_000)).toBe(true);
  expect(asked).toBe(10);
});
