import { freePort, startProcess } from "@customerio-router/fixtures";
import { connectionKeys, formatVersion } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { sendNumbered } from "./send.ts";
import { clean, openSystem } from "./system.ts";

const newer = formatVersion + 1;
const sentence = `The data in this Redis has format ${newer}, and this version reads formats ${formatVersion - 1} and ${formatVersion}: start the newer version that upgraded it, or restore a backup from before (docs/upgrade.md).`;

test("F288 F289 a newer format stops what runs, starts nothing, and costs no message", async () => {
  await using system = await openSystem();
  const { client, links, environment, startIntake, startWorker } = system;
  const [link] = links as [(typeof links)[number]];
  const { ledger, destination } = link;
  const send = () => sendNumbered(link, { ledger, persons: ["ann", "bob"], count: 60, groupSize: 5 });
  const running = [await startIntake(), await startWorker()];
  // The worker has messages in its hand when the number rises.
  destination.misbehave = () => ({ answer: { status: 503 } });
  await send();
  await client.set(connectionKeys.format, newer);
  for (const { process } of running) {
    expect([(await process.exited).code, process.output]).toEqual([1, expect.stringContaining(sentence)]);
  }
  destination.misbehave = () => undefined;

  for (const app of ["intake", "worker", "dashboard"]) {
    const child = await startProcess({
      entry: `apps/${app}/src/main.ts`,
      env: { ...environment, [`${app.toUpperCase()}_PORT`]: String(await freePort()) },
    });
    onTestFinished(() => child[Symbol.asyncDispose]());
    expect([(await child.exited).code, child.output]).toEqual([1, expect.stringContaining(sentence)]);
  }
  expect(destination.arrived).toEqual([]);

  await client.set(connectionKeys.format, formatVersion);
  await startIntake();
  await startWorker();
  await send();
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked: 240, delivered: 240 });
});
