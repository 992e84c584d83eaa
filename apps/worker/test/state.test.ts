import { waitFor } from "@customerio-router/fixtures";
import { type ConnectionReport, nameState, readReports } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { openSetting } from "./setting.ts";

async function open() {
  const setting = await openSetting();
  const { client, connection } = setting;
  const report = async () => {
    const { connections, workers } = await readReports(client, [connection.id]);
    return { ...(connections[0] as ConnectionReport), workers };
  };
  const reaches = (name: RegExp) =>
    waitFor(async () => name.test(nameState((await report()).state)), {
      what: String(name),
      timeoutMs: 30_000,
    });
  return { ...setting, report, reaches };
}

test("F210 a connection is without a worker, then unverified, active, paused, and without a worker again", async () => {
  const { startWorker, track, queue, reaches, report } = await open();
  await track(["a", "b"]);
  expect(await report()).toMatchObject({
    state: { state: "no-worker" },
    messagesWaiting: 2,
    oldestWaitingAtMs: expect.closeTo(Date.now(), -5),
    workers: [],
  });
  await queue.pause();
  await reaches(/^Paused$/);
  const worker = startWorker();
  await waitFor(async () => (await report()).worker !== undefined, { what: "an owner" });
  await waitFor(async () => (await report()).worker?.version !== undefined, { what: "its version" });
  expect(await report()).toMatchObject({ worker: { pid: process.pid }, workers: [{ pid: process.pid }] });
  await queue.resume();
  await reaches(/^Active$/);
  await waitFor(async () => (await report()).messagesWaiting === 0, { what: "delivery" });
  expect((await report()).oldestWaitingAtMs).toBeUndefined();
  await worker[Symbol.asyncDispose]();
  expect(await report()).toMatchObject({ state: { state: "no-worker" }, worker: undefined, workers: [] });
});

test("F211 an owned connection is unverified until Customer.io has answered", async () => {
  const { startWorker, track, reaches } = await open();
  startWorker();
  await reaches(/^Unverified$/);
  await track(["a"]);
  await reaches(/^Active$/);
});

test("F212 500s say the number of tries, since when, and when the next one is; what is in hand waits", async () => {
  const { startWorker, track, destination, reaches, report } = await open();
  destination.reply = () => ({ status: 500 });
  await track(["a"]);
  startWorker();
  await reaches(/^Retrying \([2-9] tries since \d\d:\d\d, next (in \d+ s|any moment)\)$/);
  expect(await report()).toMatchObject({ messagesWaiting: 1, nextTryAtMs: expect.any(Number) });
  destination.reply = () => undefined;
  await reaches(/^Active$/);
});

test("F213 refused keys are told apart from the rest, across a change of owners", async () => {
  const { startWorker, track, destination, reaches } = await open();
  destination.reply = () => ({ status: 401 });
  await track(["a"]);
  const worker = startWorker();
  await reaches(/^Keys refused$/);
  await worker[Symbol.asyncDispose]();
  await reaches(/^No worker$/);
  startWorker();
  await reaches(/^Keys refused$/);
});

test("F252 a Customer.io that hangs is one that is retried, long before a request's deadline", async () => {
  const { startWorker, track, destination, reaches } = await open();
  startWorker();
  await track(["a"]);
  await reaches(/^Active$/);
  destination.reply = () => () => "never answered";
  await track(["b"]);
  await reaches(/^Retrying \(1 try since \d\d:\d\d, next in \d+ s\)$/);
  destination.reply = () => undefined;
  destination.hangUp();
  await reaches(/^Active$/);
});
