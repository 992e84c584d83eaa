import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type Branch, clean, openHouse } from "./house.ts";
import { sendNumbered } from "./send.ts";

const persons = Array.from({ length: 20 }, (_, index) => `person-${index}`);

test("F2 a worker killed with -9 five times while the same job is on its way: delivered, visible once, in order, never failed", {
  timeout: 90_000,
}, async () => {
  await using house = await openHouse();
  const [branch] = house.branches as [Branch];
  const { destination, ledger } = branch;
  await house.startIntake();
  await sendNumbered(branch, { ledger, persons, count: 8, groupSize: 4 });
  let taken = 0;
  destination.misbehave = () => {
    taken += 1;
    return { takes: true, answer: "silence" };
  };
  for (let kill = 1; kill <= 5; kill++) {
    const worker = await house.startWorker();
    await waitFor(() => taken >= kill, { what: () => `request ${kill}; ${worker.process.output}` });
    await worker.process.kill("SIGKILL");
    taken = kill;
  }
  destination.misbehave = () => undefined;
  await house.startWorker();
  const account = await branch.checkAtRest();
  expect(account).toMatchObject({ ...clean, acked: 160, delivered: 160, stale: [] });
  expect(account.repeated).toBeGreaterThanOrEqual(5);
  expect(await branch.queue.getFailedCount()).toBe(0);
});

test("F2 of two workers one is killed with -9: the other has its connections in under 6 s, nothing lost or doubled", {
  timeout: 60_000,
}, async () => {
  await using house = await openHouse({ connections: 2, latencyMs: 20 });
  await house.startIntake();
  const workers = [await house.startWorker(), await house.startWorker()] as const;
  await waitFor(
    async () => (await Promise.all(workers.map((each) => each.owned()))).every((owned) => owned.length === 1),
    {
      what: "each worker to have one connection",
    },
  );
  const sent = Promise.all(
    house.branches.map((branch) =>
      sendNumbered(branch, { ledger: branch.ledger, persons, count: 100, groupSize: 5 }),
    ),
  );
  const [orphaned] = await workers[0].owned();
  const branch = house.branches.find(({ connection }) => connection.id === orphaned) as Branch;
  await waitFor(() => branch.destination.arrived.length > 100, { what: "some to arrive" });
  await workers[0].process.kill("SIGKILL");
  // What was on its way arrives in a moment.
  await delay(200);
  const arrived = branch.destination.arrived.length;
  await waitFor(() => branch.destination.arrived.length > arrived, {
    what: "the take-over",
    timeoutMs: 5_800,
  });
  await sent;
  for (const each of house.branches) {
    expect(await each.checkAtRest()).toMatchObject({ ...clean, acked: 2_000, delivered: 2_000, stale: [] });
  }
});
