import { startSentinels, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { sendNumbered } from "./send.ts";
import { clean, type Link, openSystem } from "./system.ts";

const users = {
  redis: { username: "router", password: "hunter2" },
  sentinel: { username: "asker", password: "hunter3" },
};
const persons = ["a", "b", "c", "d"];
const perRound = persons.length * 20;

test("F280 behind Sentinels a primary is killed, then one is frozen: intake and worker go on within 10 s, and nothing is lost", {
  timeout: 120_000,
}, async () => {
  await using redis = await startSentinels({ users });
  await using system = await openSystem({ redis });
  const [link] = system.links as [Link];
  const processes = [await system.startIntake(), await system.startWorker()];
  const send = () => sendNumbered(link, { ledger: link.ledger, persons, count: 20, groupSize: 5 });
  await send();
  await waitFor(() => link.destination.arrived.length >= perRound, { what: "the first to arrive" });

  for (const how of ["killed", "frozen"]) {
    const primary = await redis.primary();
    const expected = link.destination.arrived.length + perRound;
    await redis.replicated();
    if (how === "killed") await primary.kill("SIGKILL");
    else primary.freeze();
    await send();
    await waitFor(() => link.destination.arrived.length >= expected, {
      what: `all to arrive while one is ${how}`,
    });
    if (how === "killed") await primary.restart();
    else primary.thaw();
    await redis.settled();
  }
  const acked = perRound * 3;
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked, delivered: acked });
  for (const { process } of processes) {
    for (const { password } of Object.values(users)) expect(process.output).not.toContain(password);
  }
});
