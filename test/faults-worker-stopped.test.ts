import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { sendNumbered } from "./send.ts";
import { clean, type Link, openSystem } from "./system.ts";

const persons = Array.from({ length: 20 }, (_, index) => `person-${index}`);

test("F4 a worker told twice to stop under load finishes what is on its way, gives back the rest and exits 0", async () => {
  await using system = await openSystem({ latencyMs: 50, settings: { batchOperations: 50, inFlight: 4 } });
  const [link] = system.links as [Link];
  const { arrived } = link.destination;
  await system.startIntake();
  const { process } = await system.startWorker();
  const sent = sendNumbered(link, { ledger: link.ledger, persons, count: 150, groupSize: 5 });
  await waitFor(() => arrived.length > 300, { what: "some to arrive" });
  process.signal("SIGTERM");
  await delay(20);
  process.signal("SIGTERM");
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(await link.queue.getActiveCount()).toBe(0);
  const before = arrived.length;
  await sent;
  expect(arrived.length).toBe(before);
  await system.startWorker();
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked: 3_000, delivered: 3_000, repeated: 0 });
});

test("F4 an intake told twice to stop under load answers what it has taken and exits 0", async () => {
  await using system = await openSystem();
  const [link] = system.links as [Link];
  const { process } = await system.startIntake();
  await system.startWorker();
  const sent = sendNumbered(link, { ledger: link.ledger, persons, count: 200, groupSize: 2 });
  await waitFor(() => link.ledger.acked > 400, { what: "some to be acknowledged" });
  process.signal("SIGTERM");
  await delay(20);
  process.signal("SIGTERM");
  expect(await process.exited).toEqual({ code: 0, signal: null });
  await system.startIntake();
  await sent;
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked: 4_000, delivered: 4_000 });
});
