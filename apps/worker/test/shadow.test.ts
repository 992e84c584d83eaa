import { openArchive } from "@customerio-router/archive";
import { goLive } from "@customerio-router/connections";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { readArchiveMark, readLedger, readReports } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { disposed, openSetting } from "./setting.ts";

async function open() {
  const setting = await openSetting({ delivery: "shadow" });
  const folder = disposed(await temporaryFolder());
  const archive = await openArchive({ url: "file:", dataDir: folder.path, onWarning: () => {} });
  const { client, connection, destination } = setting;
  const state = async () => (await readReports(client, [connection.id])).connections[0]?.state.state;
  return {
    ...setting,
    // Segments are cut late: going live must not wait for them.
    startWorker: () => setting.startWorker({ archive, archiveCutMs: 3_600_000 }),
    stateBecomes: (wanted: string) =>
      waitFor(async () => (await state()) === wanted, { what: `state ${wanted}` }),
    totals: async () => (await readLedger(client, connection.id, { by: "reason" })).total,
    arrived: () => destination.visible().map(({ identifiers }) => identifiers.id),
  };
}

test("a shadow connection maps and accounts for its messages, and sends nothing", async () => {
  const { startWorker, stateBecomes, totals, arrived, track, enqueuer, connection } = await open();
  startWorker();
  await stateBecomes("shadow");
  await track(["a", "b"]);
  await enqueuer.enqueue(connection.id, [{ message: { type: "track", event: "Nobody's" } }]);
  await waitFor(async () => (await totals()).rejected === 1 && (await totals()).skipped === 2, {
    what: "outcomes",
  });
  expect(arrived()).toEqual([]);
});

test("F276 a shadow that goes live sends what comes from then on, and with what it holds each message once, also where another worker takes over", async () => {
  const { startWorker, stateBecomes, totals, arrived, track, client, store, connection } = await open();
  const worker = startWorker();
  await track(["a", "b", "c"]);
  await waitFor(async () => (await readArchiveMark(client)) !== null, { what: "the archive" });
  await waitFor(async () => (await totals()).skipped === 3, { what: "the shadow to take them" });
  expect(
    await goLive({ store, redis: client }, connection.id, { withHeld: true, startedBy: "a test" }),
  ).toMatchObject({
    ok: true,
  });
  await track(["d"]);
  await worker[Symbol.asyncDispose]();
  startWorker();
  await waitFor(() => new Set(arrived()).size === 4, { what: "all four", timeoutMs: 20_000 });
  expect([...arrived()].sort()).toEqual(["a", "b", "c", "d"]);
  await stateBecomes("active");
  expect((await store.get(connection.id))?.settings.delivery).toBe("live");
  expect(
    await goLive({ store, redis: client }, connection.id, { withHeld: true, startedBy: "a test" }),
  ).toMatchObject({
    ok: false,
  });
});

test("F277 a connection that becomes a shadow sends nothing that is in hand", async () => {
  const { startWorker, stateBecomes, totals, arrived, track, store, connection, destination } = await open();
  await store.setDelivery(connection.id, "live");
  destination.reply = () => ({ status: 500 });
  startWorker();
  await track(["a", "b"]);
  await stateBecomes("retrying");
  await store.setDelivery(connection.id, "shadow");
  await stateBecomes("shadow");
  destination.reply = () => undefined;
  await waitFor(async () => (await totals()).skipped === 2, {
    what: "the shadow to take them",
    timeoutMs: 20_000,
  });
  expect(arrived()).toEqual([]);
});
