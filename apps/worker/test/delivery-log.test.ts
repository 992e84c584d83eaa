import { waitFor } from "@customerio-router/fixtures";
import { createLogger } from "@customerio-router/service";
import { expect, test } from "vitest";
import { createDeliveryLog } from "../src/reporting/log-delivery.ts";
import type { Delivery } from "../src/retry/follow-reply.ts";

function start(level: string, everyMs = 10_000) {
  const lines: { level: string; msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, log: createDeliveryLog(createLogger({ name: "worker", level, destination }), everyMs) };
}

function delivery(decision: Delivery["decision"], durationMs = 3): Delivery {
  const operations = [
    { keys: ["id:1"], tries: { requests: 1 } },
    { keys: ["id:2"], tries: { requests: 1 } },
  ];
  return {
    batch: { operations, bytes: 100 },
    reply: { status: 200, durationMs },
    decision,
    pauseMs: 12_000,
  } as unknown as Delivery;
}

const settled = { kind: "settled", rejected: new Map() } as const;

test("what was delivered is one line with sums, and each request is a line of level debug", async () => {
  const { lines, log } = start("info", 20);
  for (const durationMs of [3, 7, 5]) log.add(delivery(settled, durationMs));
  await waitFor(() => lines.length > 0, { what: "the summary" });
  log.flush();
  expect(lines).toMatchObject([
    { level: "info", msg: "delivered", requests: 3, operations: 6, bytes: 300, slowestMs: 7 },
  ]);
  const all = start("debug");
  all.log.add(delivery(settled));
  all.log.flush();
  expect(all.lines).toMatchObject([
    { level: "debug", operations: 2, people: 2, status: 200 },
    { level: "info", requests: 1 },
  ]);
});

test("a retry is a line that says when it tries next", () => {
  const { lines, log } = start("info");
  const beforeMs = Date.now();
  log.add(delivery({ kind: "deferred", why: "Customer.io answered 503", isBusy: false }));
  expect(lines).toMatchObject([{ level: "warn", msg: "not delivered", why: "Customer.io answered 503" }]);
  const { nextTryAt } = lines[0] as unknown as { nextTryAt: string };
  expect(Date.parse(nextTryAt)).toBeGreaterThanOrEqual(beforeMs + 12_000);
});
