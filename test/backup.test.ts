import { setTimeout as sleep } from "node:timers/promises";
import { openArchive } from "@customerio-router/archive";
import { freePort, startProcess, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { readLedger } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { copy, makeHourOld, restoreFiles, restoreRedis } from "./backup.ts";
import { destinationKeys } from "./destination.ts";
import { sendNumbered } from "./send.ts";
import { type Link, openSystem, secretKey } from "./system.ts";

const persons = ["ann", "bob", "cleo"];

async function readArchive(dataDir: string, connectionId: string): Promise<Set<string>> {
  await using archive = await openArchive({ url: "file:", dataDir, onWarning: expect.fail });
  const ids = new Set<string>();
  for await (const { line } of archive?.readAll(connectionId) ?? []) ids.add(line.messageId);
  return ids;
}

test("F293 a copy that is an hour old is put back under live traffic: nothing is visible twice, and the ledger adds up", {
  timeout: 120_000,
}, async () => {
  await using redis = await startRedis();
  await using backup = await temporaryFolder();
  await using system = await openSystem({ redis, environment: { ARCHIVE_CUT_MS: "0" } });
  const { client, dataDir } = system;
  const [link] = system.links as [Link];
  const { destination, ledger, connection } = link;
  const places = { redis, dataDir, folder: backup.path };
  const [, redisDir = ""] = (await client.config("GET", "dir")) as string[];
  const archived = () => readArchive(dataDir, connection.id);
  const totals = async (of = client) => (await readLedger(of, connection.id, { by: "day" })).total;
  let intake = await system.startIntake();
  const worker = await system.startWorker();

  const acked: string[] = [];
  const { ack } = ledger;
  ledger.ack = (ids) => {
    const taken = [...ids];
    acked.push(...taken);
    ack(taken);
  };
  let goesOn = true;
  const traffic = (async () => {
    while (goesOn) await sendNumbered(link, { ledger, persons, count: 5, groupSize: 5 });
  })();
  const more = async (messages: number) => {
    const from = ledger.acked;
    await waitFor(() => ledger.acked >= from + messages, { what: `${messages} more messages` });
  };
  await waitFor(async () => (await archived()).size > 50, { what: "an archive", pollMs: 200 });

  // What waits at the time of the copy, in Redis and in the spool.
  destination.misbehave = () => ({ answer: { status: 503 } });
  await more(50);
  redis.freeze();
  await waitFor(async () => (await intake.spooledMessages()) > 50, { what: "messages in the spool" });
  const spooled = await copy.spool(places);
  expect(spooled.messages).toBeGreaterThan(0);
  redis.thaw();
  await waitFor(async () => (await intake.spooledMessages()) === 0, { what: "the spool to be drained" });
  const ackedAtCopy = new Set(acked);
  await copy.redis(places);
  destination.misbehave = () => undefined;
  // It is tried at once.
  await system.store.update(connection.id, { apiKey: destinationKeys.apiKey });
  await waitFor(async () => (await archived()).size > ackedAtCopy.size + 50, {
    what: "the archive to go on",
    timeoutMs: 30_000,
    pollMs: 200,
  });
  await copy.archive(places);
  const inCopy = await readArchive(backup.path, connection.id);

  await more(50);
  await Promise.all([worker.process.kill("SIGKILL"), intake.process.kill("SIGKILL"), redis.kill("SIGKILL")]);
  // Answers on their way are heard.
  await sleep(200);
  const ackedBefore = acked.length;

  await restoreFiles(places);
  const starting = system.startIntake();
  await more(50);
  let received = 0;
  await restoreRedis(places, redisDir, async (restored) => {
    await makeHourOld(restored);
    const total = await totals(restored);
    expect(total.waiting).toBeGreaterThan(50);
    received = total.received;
  });
  intake = await starting;
  await system.startWorker();
  await more(50);
  goesOn = false;
  await traffic;
  const total = received + acked.length - ackedBefore;
  let found = await totals();
  const isDone = async () => {
    found = await totals();
    return found.received >= total && found.waiting === 0;
  };
  await waitFor(isDone, {
    what: () => `${total} messages and none to wait: ${JSON.stringify(found)}`,
    timeoutMs: 30_000,
  });

  const account = await link.check();
  expect(account).toMatchObject({
    doubled: [],
    twoBodies: [],
    outOfOrder: [],
    undone: [],
    waiting: 0,
    rejected: 0,
  });
  expect(account.repeated).toBeGreaterThan(50);
  expect(await totals()).toMatchObject({ received: total, delivered: total, unaccounted: 0 });
  // What is lost was acknowledged after the copy and waited when everything was destroyed; nobody knows of it.
  expect(account.lost.filter((id) => ackedAtCopy.has(id))).toEqual([]);
  const expected = inCopy.union(new Set(acked.slice(ackedBefore)));
  await waitFor(async () => (await archived()).isSupersetOf(expected), {
    what: "the archive to have what it had, and what came since",
    timeoutMs: 30_000,
    pollMs: 200,
  });

  await using doctor = await startProcess({
    entry: "apps/cli/src/main.ts",
    args: ["doctor", "--json"],
    env: {
      REDIS_URL: redis.url,
      SECRET_KEY: secretKey,
      DATA_DIR: dataDir,
      ALLOW_CUSTOM_TRACK_URL: "true",
      INTAKE_PORT: new URL(intake.url).port,
      DASHBOARD_PORT: String(await freePort()),
      WORKER_PORT: "0",
    },
  });
  await doctor.exited;
  const { checks } = JSON.parse(doctor.stdout) as { checks: { check: string; ok: boolean }[] };
  // How quickly Redis replies is up to what else runs here.
  expect(checks.filter(({ check, ok }) => !ok && check !== "Redis latency")).toEqual([]);
});
