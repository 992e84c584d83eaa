import { startRedisPair, waitFor } from "@customerio-router/fixtures";
import { readLedger } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { post } from "./send.ts";
import { type Link, openSystem } from "./system.ts";

test("F286 a message that too few replicas have is answered 429, stays, and counts once when it is sent again", {
  timeout: 60_000,
}, async () => {
  await using pair = await startRedisPair();
  // On a busy machine a spool would take what is late.
  const environment = { REDIS_WAIT_REPLICAS: "1", SPOOL_BYTES: "0" };
  await using system = await openSystem({ redis: pair, environment });
  const [link] = system.links as [Link];
  const intake = await system.startIntake();
  const send = async (event: string) => {
    const body = JSON.stringify({ userId: "u", event, messageId: event });
    return (await post(link, "/v1/track", body)).status;
  };
  await waitFor(async () => (await send("first")) === 200, { what: "the intake to take" });

  pair.replica.freeze();
  expect(await send("second")).toBe(429);
  // A repetition writes nothing that replicas could confirm by itself.
  expect(await send("second")).toBe(429);
  pair.replica.thaw();
  await waitFor(async () => (await send("second")) === 200, { what: "the replica to have it" });
  expect(await send("third")).toBe(200);
  const { total } = await readLedger(system.client, link.connection.id, { by: "day" });
  expect(total.received).toBe(3);
  expect(intake.process.output).toContain("REDIS_WAIT_REPLICAS");

  await system.startWorker();
  await waitFor(() => link.destination.arrived.length >= 3, { what: "all to arrive" });
  expect(link.destination.arrived.map(({ name }) => name)).toEqual(["first", "second", "third"]);
});
