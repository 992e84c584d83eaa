import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type Branch, clean, openHouse } from "./house.ts";
import { sendNumbered } from "./send.ts";

const persons = Array.from({ length: 20 }, (_, index) => `person-${index}`);

test("F4 a worker told twice to stop under load finishes what is on its way, gives back the rest and exits 0", async () => {
  await using house = await openHouse({ latencyMs: 50, settings: { batchOperations: 50, inFlight: 4 } });
  const [branch] = house.branches as [Branch];
  const { arrived } = branch.destination;
  await house.startIntake();
  const { process } = await house.startWorker();
  const sent = sendNumbered(branch, { ledger: branch.ledger, persons, count: 150, groupSize: 5 });
  await waitFor(() => arrived.length > 300, { what: "some to arrive" });
  process.signal("SIGTERM");
  await delay(20);
  process.signal("SIGTERM");
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(await branch.queue.getActiveCount()).toBe(0);
  const before = arrived.length;
  await sent;
  expect(arrived.length).toBe(before);
  await house.startWorker();
  expect(await branch.checkAtRest()).toMatchObject({ ...clean, acked: 3_000, delivered: 3_000, repeated: 0 });
});

test("F4 an intake told twice to stop under load answers what it has taken and exits 0", async () => {
  await using house = await openHouse();
  const [branch] = house.branches as [Branch];
  const { process } = await house.startIntake();
  await house.startWorker();
  const sent = sendNumbered(branch, { ledger: branch.ledger, persons, count: 200, groupSize: 2 });
  await waitFor(() => branch.ledger.acked > 400, { what: "some to be acknowledged" });
  process.signal("SIGTERM");
  await delay(20);
  process.signal("SIGTERM");
  expect(await process.exited).toEqual({ code: 0, signal: null });
  await house.startIntake();
  await sent;
  expect(await branch.checkAtRest()).toMatchObject({ ...clean, acked: 4_000, delivered: 4_000 });
});
