import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { connectionSettings } from "@customerio-router/connections";
import { createCustomerioClient } from "@customerio-router/customerio";
import { waitFor } from "@customerio-router/fixtures";
import type { TakenJob } from "@customerio-router/queue";
import { expect, onTestFinished, test } from "vitest";
import { createBackoff } from "../src/backoff.ts";
import { createDispatcher } from "../src/dispatcher.ts";
import { mapJob } from "../src/map-job.ts";
import { createOrder } from "../src/order.ts";
import { startDestination } from "./destination.ts";
import { disposed } from "./setting.ts";

test("F40 (unit) once the lease may be over no request goes and the limiter is not asked, whatever is ready in the line", async () => {
  const destination = disposed(await startDestination());
  const client = createCustomerioClient({
    siteId: "site",
    apiKey: "the-api-key-of-the-tests",
    region: "us",
    trackUrl: destination.url,
    deadlineMs: 5_000,
  });
  const order = createOrder();
  let isHeld = true;
  let asked = 0;
  const dispatcher = createDispatcher({
    order,
    backoff: createBackoff(),
    client: () => client,
    settings: () => connectionSettings.parse({ inFlight: 1, batchOperations: 1 }),
    mayGo: () => isHeld,
    // The second answer takes longer than the lease lasts.
    askLimiter: async () => {
      await nextTurn();
      asked += 1;
      if (asked === 2) isHeld = false;
      return { requests: 1, waitMs: 0 };
    },
    onSettled: async (operations) => {
      for (const operation of operations) order.settle(operation);
    },
    onDelivery: () => {},
    onTrouble: (error) => expect.unreachable(String(error)),
  });
  onTestFinished(async () => {
    await dispatcher.stop();
    client.close();
  });

  addEvents(order, ["a", "b", "c"]);
  dispatcher.notify();
  await waitFor(() => !isHeld, { what: "the limiter to be asked twice" });
  await delay(100);
  expect(destination.received).toHaveLength(1);
  expect(asked).toBe(2);

  isHeld = true;
  dispatcher.notify();
  await waitFor(() => destination.received.length === 3, { what: "what was held back" });
  expect(asked).toBe(4);
});

/** As a job that was taken brings them. */
function addEvents(order: ReturnType<typeof createOrder>, people: string[]): void {
  const entries = people.map((userId) => ({
    message: { type: "track", messageId: `m-${userId}`, userId, event: "E" },
  }));
  let sequence = 0;
  const job = mapJob({
    taken: { id: "job", data: { entries }, enqueuedAtMs: 0 } as TakenJob,
    settings: { ...connectionSettings.parse({}), connectionId: "c" },
    nextSequence: () => sequence++,
    triesOf: () => undefined,
  });
  for (const { operations } of job.messages) operations.forEach(order.add);
}
