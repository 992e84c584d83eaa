import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { sendNumbered } from "./send.ts";
import { clean, type Link, openSystem } from "./system.ts";

const persons = Array.from({ length: 20 }, (_, index) => `person-${index}`);

test("F2 a worker killed with -9 five times while the same job is on its way: delivered, visible once, in order, never failed", {
  timeout: 90_000,
}, async () => {
  await using system = await openSystem();
  const [link] = system.links as [Link];
  const { destination, ledger } = link;
  await system.startIntake();
  await sendNumbered(link, { ledger, persons, count: 8, groupSize: 4 });
  let taken = 0;
  destination.misbehave = () => {
    taken += 1;
    return { takes: true, answer: "silence" };
  };
  for (let kill = 1; kill <= 5; kill++) {
    const worker = await system.startWorker();
    await waitFor(() => taken >= kill, { what: () => `request ${kill}; ${worker.process.output}` });
    await worker.process.kill("SIGKILL");
    taken = kill;
  }
  destination.misbehave = () => undefined;
  await system.startWorker();
  const account = await link.checkAtRest();
  expect(account).toMatchObject({ ...clean, acked: 160, delivered: 160, stale: [] });
  expect(account.repeated).toBeGreaterThanOrEqual(5);
  expect(await link.queue.getFailedCount()).toBe(0);
});

test("F2 of two workers one is killed with -9: the other has its connections in under 6 s, nothing lost or doubled", {
  timeout: 60_000,
}, async () => {
  await using system = await openSystem({ connections: 2, latencyMs: 20 });
  await system.startIntake();
  const workers = [await system.startWorker(), await system.startWorker()] as const;
  await waitFor(
    async () => (await Promise.all(workers.map((each) => each.owned()))).every((owned) => owned.length === 1),
    {
      what: "each worker to have one connection",
    },
  );
  const sent = Promise.all(
    system.links.map((link) =>
      sendNumbered(link, { ledger: link.ledger, persons, count: 100, groupSize: 5 }),
    ),
  );
  const [orphaned] = await workers[0].owned();
  const link = system.links.find(({ connection }) => connection.id === orphaned) as Link;
  await waitFor(() => link.destination.arrived.length > 100, { what: "some to arrive" });
  await workers[0].process.kill("SIGKILL");
  // What was on its way arrives in a moment.
  await delay(200);
  const arrived = link.destination.arrived.length;
  await waitFor(() => link.destination.arrived.length > arrived, {
    what: "the take-over",
    timeoutMs: 5_800,
  });
  await sent;
  for (const each of system.links) {
    expect(await each.checkAtRest()).toMatchObject({ ...clean, acked: 2_000, delivered: 2_000, stale: [] });
  }
});
