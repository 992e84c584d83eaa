import { type Redis, type SmallDisk, smallDisk, startRedis, waitFor } from "@customerio-router/fixtures";
import { createBackend } from "@customerio-router/queue";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { type IntakeProcess, startIntakeProcess } from "../intake-process.ts";

type Setting = { redis: Redis; client: RedisClient; disk: SmallDisk; start: () => Promise<IntakeProcess> };

async function openSetting(): Promise<Setting> {
  const redis = disposed(await startRedis());
  const disk = disposed(await smallDisk(4_000_000));
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  onTestFinished(() => client.disconnect());
  const start = async () =>
    disposeProcess(await startIntakeProcess({ redisUrl: redis.url, dataDir: disk.path, ready: "/livez" }));
  return { redis, client, disk, start };
}

function disposed<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

function disposeProcess(intake: IntakeProcess): IntakeProcess {
  disposed(intake.process);
  return intake;
}

async function queueOf(client: RedisClient) {
  const [connectionId = ""] = await client.hkeys("customerio-router:{connections}:records");
  return createBackend(client).queue(connectionId);
}

async function isReady(intake: IntakeProcess): Promise<boolean> {
  return (await intake.readiness()).status === 200;
}

async function warnsOfDisk(intake: IntakeProcess): Promise<boolean> {
  return (await intake.readiness()).warnings.some((warning) => warning.includes("the disk is full"));
}

test("F121 F122 what Redis has taken is not sent again while a full disk cannot remove it, and calls go to Redis", async () => {
  const { redis, client, disk, start } = await openSetting();
  const intake = await start();
  await waitFor(() => isReady(intake), { what: "the intake to be ready" });
  await redis.kill("SIGKILL");
  // Without messageIds, so that nothing but the spool knows them again.
  for (let count = 0; count < 20; count++) expect((await intake.post()).status).toBe(200);
  await disk.fill();
  await redis.restart();
  const queue = await queueOf(client);
  await waitFor(async () => (await queue.getWaitingCount()) >= 20, { what: "the spool to be in Redis" });
  await waitFor(() => warnsOfDisk(intake), { what: "a warning of the disk" });

  // Delivered, and trimmed: their ids are free again.
  await queue.obliterate({ force: true });
  await waitFor(async () => (await intake.post("after")).status === 200, { what: "calls to be taken" });
  expect((await intake.post("last")).status).toBe(200);
  expect(await intake.spooledMessages()).toBe(0);
  expect((await intake.get("/metrics")).body).toMatch(/^customerio_router_spool_disk_failing 1$/m);
  const waiting = await queue.getWaiting();
  const ids = waiting.flatMap(({ data }) => data.entries.map(({ message }) => message));
  expect(ids).toMatchObject([{ messageId: "after" }, { messageId: "last" }]);

  await disk.empty();
  await waitFor(async () => !(await warnsOfDisk(intake)), { what: "no more warning of the disk" });
  await redis.kill("SIGKILL");
  await intake.process.kill("SIGKILL");
  const next = await start();
  expect(await next.spooledMessages()).toBe(0);
  expect((await next.post()).status).toBe(200);
});

test("F123 with Redis away and the disk full nothing is acknowledged, the disk is named, and room ends it", async () => {
  const { redis, client, disk, start } = await openSetting();
  const intake = await start();
  await waitFor(() => isReady(intake), { what: "the intake to be ready" });
  await redis.kill("SIGKILL");
  expect((await intake.post("first")).status).toBe(200);
  await disk.fill();
  await waitFor(async () => (await intake.post("refused")).status === 429, { what: "calls to be refused" });
  expect(await intake.readiness()).toMatchObject({
    status: 503,
    warnings: expect.arrayContaining([expect.stringContaining("the disk is full")]),
  });
  await disk.empty();
  await waitFor(() => isReady(intake), { what: "the disk to be tried again" });
  expect((await intake.post("last")).status).toBe(200);
  await redis.restart();
  await waitFor(async () => (await intake.spooledMessages()) === 0, { what: "the spool to be empty" });
  const jobs = await (await queueOf(client)).getWaiting();
  const messages = jobs.flatMap(({ data }) => data.entries.map(({ message }) => message));
  expect(messages.at(0)).toMatchObject({ messageId: "first" });
  expect(messages.at(-1)).toMatchObject({ messageId: "last" });
});
