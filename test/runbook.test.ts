import { chmod } from "node:fs/promises";

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAlertStore } from "@customerio-router/alerts";
import { waitFor } from "@customerio-router/fixtures";
import { countWorkers } from "@customerio-router/queue";
import { connectionKeys, formatVersion, ledgerKeys } from "@customerio-router/redis";
import {
  appendRecords,
  dayOf,
  readArchiveMark,
  readIntakes,
  reportIntake,
  situations,
  startCounts,
} from "@customerio-router/reports";
import { expect, test } from "vitest";
import { openInstallation, seen } from "./installation.ts";

const runbookOf = (page: string) => [...page.matchAll(/ id="([\w-]+)" aria-labelledby/g)].map(([, id]) => id);

test("F240 page and doctor find nothing wrong, then name a worker and an intake that are gone", async () => {
  await using installation = await openInstallation();
  const { start, send, sandbox, env, client } = installation;
  const [intake, worker] = await Promise.all([start("intake"), start("worker"), start("dashboard")]);
  await waitFor(async () => (await send("Before")).ok, { what: "the connection to be known" });
  await waitFor(() => sandbox.memory.counts.accepted > 0, { what: "delivery" });
  await installation.untilNoBanner();
  let wrong: unknown;
  const findsNothing = async () => {
    const { code, checks, output } = await installation.examine();
    for (const secret of [env.SECRET_KEY ?? "", "api-key-of-the-tests", installation.connection.writeKey])
      expect(output).not.toContain(secret);
    wrong = checks.filter(({ ok }) => !ok);
    return code === 0 && checks.every(({ ok }) => ok);
  };
  // A slow reply of Redis is a finding, and other tests keep the machine busy.
  await waitFor(findsNothing, { what: () => `no finding; the last were ${JSON.stringify(wrong)}` });

  await worker.kill("SIGKILL");
  await installation.expectSaid("no-worker");
  await intake.kill("SIGKILL");
  await waitFor(async () => (await readIntakes(client)).length === 0, { what: "no intake" });
  await installation.expectDoctorSays("no-intake");
  const runbook = await fetch(`http://127.0.0.1:${env.DASHBOARD_PORT}/runbook`);
  expect(runbookOf(await runbook.text())).toEqual(Object.keys(situations));
});

test.concurrent("F241 page and doctor name what keeps a connection from delivering", async () => {
  await using installation = await openInstallation();
  const { start, send, sandbox, client } = installation;
  const [, worker] = await Promise.all([start("intake"), start("worker"), start("dashboard")]);
  await waitFor(async () => (await send("Before")).ok, { what: "the connection to be known" });
  const fails = (status: number) => sandbox.faults.set({ faults: [{ method: "POST", status }] });
  fails(401);
  await send("Refused");
  await installation.expectSaid("keys-refused");
  fails(404);
  await installation.enterKeys();
  await installation.expectSaid("needs-attention");
  fails(500);
  await installation.enterKeys();
  await installation.untilNoBanner();
  sandbox.faults.set({
    faults: [
      { method: "POST", status: 500 },
      { method: "GET", latencyMs: 600_000 },
    ],
  });
  const checks = await installation.expectDoctorSays("retrying");
  expect(checks).toContainEqual(expect.objectContaining({ check: "Keys of Shop", ok: false }));
  expect(checks).toContainEqual(expect.objectContaining({ check: "Redis", ok: true }));
  sandbox.faults.set({ faults: [] });
  await worker.kill("SIGKILL");
  // It is alive, and takes no connection.
  const alive = setInterval(() => void countWorkers(client, "another").catch(() => {}), 500);
  await waitFor(async () => (await installation.page()).includes("No worker"), {
    what: "the end of the lease",
  });
  await installation.expectDoctorSays("no-owner").finally(() => clearInterval(alive));
});

test.concurrent("F242 page and doctor name a Redis that is frozen, or ended", async () => {
  await using installation = await openInstallation();
  const { start, send, redis } = installation;
  await Promise.all([start("intake"), start("worker"), start("dashboard")]);
  await waitFor(async () => (await send("Before")).ok, { what: "the connection to be known" });
  redis.freeze();
  const whileFrozen = await installation.expectSaid("redis-away");
  expect(whileFrozen.map(({ check }) => check)).toEqual(
    expect.arrayContaining(["Environment", "Redis", "Archive", "DATA_DIR"]),
  );
  redis.thaw();
  await installation.untilNoBanner();
  await redis.kill("SIGKILL");
  await installation.expectSaid("redis-away");
  await redis.restart();
  await installation.untilNoBanner();
});

test.concurrent("F242 page and doctor name a Redis that is read-only, full, or lost its data, and a spool in use", async () => {
  await using installation = await openInstallation();
  const { start, send, client } = installation;
  await Promise.all([start("intake"), start("worker"), start("dashboard")]);
  await waitFor(async () => (await send("Before")).ok, { what: "the connection to be known" });
  await installation.untilNoBanner();
  await client.replicaof("127.0.0.1", "1");
  await installation.expectSaid("redis-read-only");
  await client.replicaof("NO", "ONE");
  await installation.untilNoBanner();

  const used = Number(/used_memory:(\d+)/.exec(await client.info("memory"))?.[1]);
  await client.config("SET", "maxmemory", Math.round(used / 0.9));
  await waitFor(async () => (await send("Spooled")).ok, { what: "a message to be taken" });
  await installation.expectSaid("redis-full");
  await waitFor(
    async () => {
      await send("Spooled");
      return (await installation.page()).includes("#spool-in-use");
    },
    { what: "the spool to be used" },
  );
  await installation.expectSaid("spool-in-use");
  await client.config("SET", "maxmemory", "256mb");
  await installation.untilNoBanner();

  await client.flushall();
  await installation.expectSaid("redis-emptied");
});

test.concurrent("F243 page and doctor name an archive that is not seen, and the doctor one that is behind", async () => {
  await using installation = await openInstallation();
  const { start, client, connection, env } = installation;
  const worker = await start("worker");
  await waitFor(async () => (await readArchiveMark(client)) !== null, { what: "the archive's mark" });
  await worker.kill("SIGKILL");
  const atMs = Date.now() - 2 * 3_600_000;
  await appendRecords(client, connection.id, [
    {
      jobId: "1",
      messageId: "m1",
      atMs,
      outcome: "delivered",
      requests: 1,
      attempts: [],
      operations: [],
      message: { type: "track", messageId: "m1", userId: "u1", event: "Old" },
    },
  ]);
  await installation.expectDoctorSays("archive-behind");
  env.DATA_DIR = `${env.DATA_DIR}-elsewhere`;
  await start("dashboard");
  await installation.expectSaid("archive-away");
});

test.concurrent("F244 the doctor names wrong settings, keys, versions, clocks and rights, and a port of another program", async () => {
  await using installation = await openInstallation();
  const { client, env, start } = installation;
  await start("dashboard");
  await installation.expectDoctorSays("secret-key-wrong", {
    SECRET_KEY: "another key of at least 32 characters",
  });
  const aheadByAnHour = "--import=data:text/javascript,const%20now=Date.now;Date.now=()=>now()%2B3600000";
  await installation.expectDoctorSays("clocks-differ", { NODE_OPTIONS: aheadByAnHour });
  await client.config("SET", "appendonly", "no");
  await installation.expectDoctorSays("redis-unsafe");
  await client.set(connectionKeys.format, formatVersion - 1);
  await installation.expectDoctorSays("upgrade-open");

  const older = { version: "0.0.9", host: "elsewhere", pid: 1 };
  const spool = {
    messages: 1,
    bytes: 100,
    maxBytes: 1_000,
    oldestAtMs: Date.now(),
    failure: "the disk is full",
  };
  const alive = setInterval(
    () => void reportIntake(client, "older", { ...older, spool }).catch(() => {}),
    500,
  );
  try {
    await installation.expectSaid("spool-failing");
    spool.bytes = 600;
    await installation.expectDoctorSays("spool-half-full");
    await installation.expectDoctorSays("versions-differ");
  } finally {
    clearInterval(alive);
  }

  const another = createServer((_request, reply) => reply.end("Hello")).listen(0, "127.0.0.1");
  await chmod(env.DATA_DIR ?? "", 0o755);
  const { port } = another.address() as AddressInfo;
  const { checks, output } = await installation.examine({
    INTAKE_PORT: String(port),
    SPOOL_BYTES: "a secret of the test",
    REDIS_URL: "redis://:a-password-of-the-test@127.0.0.1:1",
  });
  another.close();
  const wrong = checks.filter(({ ok }) => !ok).map(({ check }) => check);
  expect(wrong).toEqual(expect.arrayContaining(["Environment", "Redis", "DATA_DIR", `Port ${port}`]));
  expect(output).not.toContain("a-password-of-the-test");
});

test.concurrent("F208 page and doctor name a connection beyond the thresholds of the alerts", async () => {
  await using installation = await openInstallation();
  const { start, send, sandbox, client, connection } = installation;
  const alerts = createAlertStore({ redis: client, secretKey: undefined });
  await alerts.saveSettings({ oldestWaitingMs: 1_000, deliveredWithinMs: 1_000 });
  const counts = startCounts({ redis: client });
  counts.add(connection.id, "rejected", 30);
  await counts[Symbol.asyncDispose]();
  await Promise.all([start("intake"), start("worker"), start("dashboard")]);
  sandbox.faults.set({ faults: [{ method: "POST", status: 500 }] });
  await waitFor(async () => (await send("Waits")).ok, { what: "the connection to be known" });
  for (let more = 0; more < 20; more += 1) await send("Waits");
  await installation.expectSaid("waiting-long");
  await installation.expectSaid("many-rejected");
  sandbox.faults.set({ faults: [] });
  await installation.enterKeys();
  await installation.expectSaid("slow-delivery");
});

test.concurrent("F209 page and doctor name a connection that went quiet at a usually busy time", async () => {
  await using installation = await openInstallation();
  const { start, client, connection } = installation;
  const { days, dayPrefix } = ledgerKeys(connection.id);
  for (let ago = 0; ago < 9; ago += 1) {
    const day = dayOf(Date.now()) - ago;
    const busy = Array.from({ length: 24 }, (_, hour) => [`${hour}:received`, 100]).flat();
    if (ago > 0) await client.hset(`${dayPrefix}${day}`, ...busy);
    await client.hset(days, String(day), "");
  }
  await start("dashboard");
  await installation.expectSaid("gone-quiet");
});

test("each row of the runbook was produced", () => {
  expect([...seen].sort()).toEqual(Object.keys(situations).sort());
});
