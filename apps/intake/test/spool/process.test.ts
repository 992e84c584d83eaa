import { type Redis, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { createBackend } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { errorOf } from "../intake-for-tests.ts";
import { type IntakeProcess, startIntakeProcess } from "../intake-process.ts";

async function openSetting() {
  const redis = disposed(await startRedis());
  const { path: dataDir } = disposed(await temporaryFolder());
  return {
    redis,
    async start(
      options: { environment?: Record<string, string>; ready?: string } = {},
    ): Promise<IntakeProcess> {
      const intake = await startIntakeProcess({ redisUrl: redis.url, dataDir, ...options });
      disposed(intake.process);
      return intake;
    },
  };
}

function disposed<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

/** The messageIds that wait in Redis, oldest first. */
async function queued(redis: Redis): Promise<string[]> {
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  try {
    const [connectionId = ""] = await client.hkeys("customerio-router:{connections}:records");
    const jobs = await createBackend(client).queue(connectionId).getWaiting();
    return jobs.flatMap(({ data }) =>
      data.entries.map(({ message }) => (message as { messageId: string }).messageId),
    );
  } finally {
    client.disconnect();
  }
}

test("F6 without Redis at boot calls are taken by the keys known before, and killed with -9 it loses none", async () => {
  const { redis, start } = await openSetting();
  const former = await start();
  for (const id of ["m1", "m2"]) expect((await former.post(id)).status).toBe(200);
  // Where Redis took longer than half a second they came by the spool.
  await waitFor(async () => (await former.spooledMessages()) === 0, { what: "Redis to have them" });
  await redis.kill("SIGKILL");
  await former.process.kill("SIGKILL");

  const away = { ready: "/livez" };
  for (const id of ["m3", "m4"]) {
    const intake = await start(away);
    expect((await intake.post(id)).status).toBe(200);
    await intake.process.kill("SIGKILL");
  }
  const intake = await start(away);
  expect(await intake.readiness()).toMatchObject({
    status: 200,
    problems: [],
    warnings: [expect.stringContaining("kept in the spool"), expect.stringMatching(/^2 messages/)],
  });
  expect((await intake.post("m1")).status).toBe(200);
  await redis.restart();
  await waitFor(async () => (await intake.spooledMessages()) === 0, { what: "the spool to be empty" });
  expect(await queued(redis)).toEqual(["m1", "m2", "m3", "m4"]);
  const saysAllIsWell = async () => {
    const { warnings } = await intake.readiness();
    return warnings.length === 1 && warnings[0]?.startsWith("No worker is alive");
  };
  await waitFor(saysAllIsWell, { what: "no more warnings but that no worker runs" });
});

test("F6 without Redis, and without keys known before, no call is refused for good", async () => {
  const { redis, start } = await openSetting();
  await redis.kill("SIGKILL");
  const intake = await start({ ready: "/livez" });
  expect(await intake.post()).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
  expect(await intake.readiness()).toMatchObject({ status: 503, problems: ["No write key is known yet"] });
});

test("F6 a full spool asks for patience, says so, and loses nothing of what it has", async () => {
  const { redis, start } = await openSetting();
  const environment = { SPOOL_BYTES: "2000" };
  const intake = await start({ environment });
  await redis.kill("SIGKILL");
  const acked: string[] = [];
  let refused = await intake.post("m0");
  for (let number = 1; refused.status === 200; number++) {
    acked.push(`m${number - 1}`);
    refused = await intake.post(`m${number}`);
  }
  expect(acked.length).toBeGreaterThan(3);
  expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
  expect(errorOf(refused)).toMatchObject({ reason: "unavailable" });
  expect((await intake.get("/metrics")).body).toMatch(/^customerio_router_spool_max_bytes 2000$/m);

  await intake.process.kill("SIGKILL");
  const next = await start({ environment, ready: "/livez" });
  await redis.restart();
  await waitFor(async () => (await next.spooledMessages()) === 0, { what: "the spool to be empty" });
  expect(await queued(redis)).toEqual(acked);
});

test("F4 told to stop, it moves what it can to Redis, and leaves the rest for its next start", async () => {
  const { redis, start } = await openSetting();
  const intake = await start();
  await redis.kill("SIGKILL");
  for (const id of ["m1", "m2"]) expect((await intake.post(id)).status).toBe(200);
  expect(await intake.process.kill("SIGTERM")).toMatchObject({ code: 0 });
  expect(intake.process.output).toContain("messages stay in the spool");

  const next = await start({ ready: "/livez" });
  expect((await next.post("m3")).status).toBe(200);
  await redis.restart();
  await waitFor(async () => (await next.readiness()).warnings.length < 2, { what: "Redis to be seen" });
  expect(await next.process.kill("SIGTERM")).toMatchObject({ code: 0 });
  expect(await queued(redis)).toEqual(["m1", "m2", "m3"]);
});

test("F6 an outage of Redis is logged once a second at most, and no line can be forged", async () => {
  const { redis, start } = await openSetting();
  const intake = await start();
  const before = intake.process.output.length;
  await redis.kill("SIGKILL");
  const startedAt = performance.now();
  while (performance.now() - startedAt < 3_000) {
    expect((await intake.post('m"}\n{"level":"error"')).status).toBe(200);
  }
  const lines = intake.process.output.slice(before).trim().split("\n");
  // One a second of the connection's trouble, and one of the condition of Redis.
  expect(lines.length).toBeLessThanOrEqual(Math.ceil((performance.now() - startedAt) / 1_000) + 2);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ name: "intake", level: "warn" });
});
