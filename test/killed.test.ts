import { type Account, createLedger, type Ledger, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type Destination, destinationKeys, startDestination } from "./destination.ts";
import { type Router, startRouter } from "./router.ts";
import { sendNumbered } from "./send.ts";

const persons = Array.from({ length: 25 }, (_, index) => `person-${index}`);
const sending = { persons, count: 200, groupSize: 4 };
const total = persons.length * sending.count;

const timeoutMs = 120_000;

const clean = { acked: total, delivered: total, lost: [], outOfOrder: [], twoBodies: [], doubled: [] };

test("Redis killed with -9 in the middle of 5,000 messages: every acked message arrives, in order", {
  timeout: timeoutMs,
}, async () => {
  const account = await deliverWhile(async ({ router, ledger }) => {
    await waitFor(() => ledger.acked >= total / 2, { what: "half of the messages to be acked" });
    await router.redis.kill("SIGKILL");
    await router.redis.restart();
  });
  expect(account).toMatchObject(clean);
});

test("the worker killed with -9 in the middle of 5,000 messages: every acked message arrives, in order", {
  timeout: timeoutMs,
}, async () => {
  const account = await deliverWhile(async ({ router, destination }) => {
    await waitFor(() => destination.arrived.length >= total / 4, { what: "a quarter of the messages" });
    await router.worker.kill("SIGKILL");
    await router.restartWorker();
  });
  expect(account).toMatchObject(clean);
});

/** Sends all messages while `breakSomething` runs, and gives the account once everything has arrived. */
async function deliverWhile(
  breakSomething: (running: { router: Router; destination: Destination; ledger: Ledger }) => Promise<void>,
): Promise<Account> {
  await using destination = await startDestination({ latencyMs: 20 });
  await using router = await startRouter({ trackUrl: destination.url, keys: destinationKeys });
  const ledger = createLedger();
  await Promise.all([
    sendNumbered(router, { ledger, ...sending }),
    breakSomething({ router, destination, ledger }),
  ]);
  await waitFor(() => ledger.check({ arrived: destination.arrived }).lost.length === 0, {
    what: () =>
      `all messages to arrive (${ledger.check({ arrived: destination.arrived }).delivered} of ${ledger.acked})`,
    timeoutMs: 60_000,
    pollMs: 200,
  });
  return ledger.check({ arrived: destination.arrived });
}
