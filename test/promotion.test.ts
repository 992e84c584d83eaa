import { freePort, startProcess, startRedisPair, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { sendNumbered } from "./send.ts";
import { clean, type Link, openSystem, secretKey } from "./system.ts";

test("F81 after a promotion behind the address of Redis, intake and worker go on by themselves, and nothing is lost", {
  timeout: 120_000,
}, async () => {
  await using pair = await startRedisPair();
  await using system = await openSystem({ redis: pair });
  const [link] = system.links as [Link];
  const { destination, ledger } = link;
  await system.startIntake();
  await system.startWorker();
  const persons = ["a", "b", "c"];
  await sendNumbered(link, { ledger, persons, count: 30, groupSize: 5 });
  // Once to the other server, and once back: what stayed on the first one would seem to work again.
  for (const expected of [180, 270]) {
    await pair.promote();
    await sendNumbered(link, { ledger, persons, count: 30, groupSize: 5 });
    await waitFor(() => destination.arrived.length >= expected, {
      what: `${expected} to arrive`,
      timeoutMs: 30_000,
    });
  }
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked: 270, delivered: 270 });
});

test.each(["worker", "dashboard"])(
  "F82 a %s whose Redis takes no writes is not ready, says why, and is once it takes them",
  async (app) => {
    await using pair = await startRedisPair();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/readyz`;
    await using _process = await startProcess({
      entry: `apps/${app}/src/main.ts`,
      env: {
        REDIS_URL: pair.replica.url,
        SECRET_KEY: secretKey,
        [`${app.toUpperCase()}_PORT`]: String(port),
      },
      ready: /"msg":"listening"/,
    });
    const ask = async () => {
      const answer = await fetch(url);
      return { status: answer.status, text: await answer.text() };
    };
    await waitFor(async () => (await ask()).text.includes("is a replica"), { what: "the reason" });
    expect((await ask()).status).toBe(503);
    await pair.promote();
    await waitFor(async () => (await ask()).status === 200, { what: "it to be ready" });
  },
);
