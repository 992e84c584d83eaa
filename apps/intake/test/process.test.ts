import { startProcess, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { afterEach, expect, test } from "vitest";
import { errorOf } from "./intake-for-tests.ts";
import { startIntakeProcess, writeKey } from "./intake-process.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

function keep<Thing extends AsyncDisposable>(thing: Thing): Thing {
  opened.push(thing);
  return thing;
}

/** Without a spool. */
async function start({ redisUrl, ready = "/livez" }: { redisUrl: string; ready?: string }) {
  const dataDir = keep(await temporaryFolder()).path;
  const intake = await startIntakeProcess({
    redisUrl,
    dataDir,
    ready,
    environment: { SPOOL_BYTES: "0" },
  });
  keep(intake.process);
  return intake;
}

test("from the environment alone it has its connection and takes calls; SIGTERM ends it with 0", async () => {
  const redis = keep(await startRedis());
  const { process, post } = await start({ redisUrl: redis.url, ready: "/readyz" });
  expect((await post()).status).toBe(200);
  expect(await process.kill("SIGTERM")).toMatchObject({ code: 0 });
  expect(process.output).not.toMatch(/hunter2|a-write-key/);
});

test("F6 without Redis at boot, and without a spool, it says so, asks for patience, and recovers by itself", async () => {
  const redis = keep(await startRedis());
  await redis.kill("SIGKILL");
  const { post, readiness } = await start({ redisUrl: redis.url });
  expect(await readiness()).toMatchObject({ status: 503 });
  const refused = await post();
  expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
  expect(errorOf(refused)).toMatchObject({ reason: "unavailable" });
  await redis.restart();
  const statuses = new Set<number>();
  await waitFor(
    async () => {
      const { status } = await post();
      statuses.add(status);
      return status === 200;
    },
    { what: "calls to be taken" },
  );
  expect([...statuses].filter((status) => status !== 200 && status !== 429)).toEqual([]);
  await waitFor(async () => (await readiness()).status === 200, { what: "the intake to be ready" });
});

test("F5 F9 without a spool, with Redis frozen, then killed, each call is answered 429 in good time", async () => {
  const redis = keep(await startRedis());
  const { post, readiness } = await start({ redisUrl: redis.url, ready: "/readyz" });
  expect((await post()).status).toBe(200);

  redis.freeze();
  const frozenAt = performance.now();
  const answers = await Promise.all(Array.from({ length: 20 }, post));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 429));
  // The contract is 1.5 s; the rest is for a machine that does other things.
  expect(performance.now() - frozenAt).toBeLessThan(4_000);
  redis.thaw();
  await waitFor(async () => (await post()).status === 200, { what: "calls to be taken" });

  await redis.kill("SIGKILL");
  await waitFor(async () => (await readiness()).status === 503, { what: "the intake to notice" });
  expect(await post()).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
  await redis.restart();
  await waitFor(async () => (await post()).status === 200, { what: "calls to be taken again" });
});

test("F8 without a spool, with Redis full, calls are answered 429 until there is room", async () => {
  const redis = keep(await startRedis());
  const { post } = await start({ redisUrl: redis.url, ready: "/readyz" });
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  try {
    await client.config("SET", "maxmemory", "1");
    expect(await post()).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
    await client.config("SET", "maxmemory", "0");
    await waitFor(async () => (await post()).status === 200, { what: "calls to be taken" });
  } finally {
    client.disconnect();
  }
});

test("a connection that cannot be ends the process and says why", async () => {
  const redis = keep(await startRedis());
  const process = keep(
    await startProcess({
      entry: "apps/intake/src/main.ts",
      env: {
        REDIS_URL: redis.url,
        DATA_DIR: keep(await temporaryFolder()).path,
        INTAKE_PORT: "0",
        SECRET_KEY: "hunter2-0123456789abcdef0123456789",
        CUSTOMERIO_SITE_ID: "site",
        CUSTOMERIO_API_KEY: "hunter2-api-key",
        WRITE_KEY: writeKey,
        CONNECTION_NAME: "Shop",
        CONNECTION_SETTINGS: '{"identifyBy":"shoe size"}',
      },
    }),
  );
  await waitFor(() => !process.running, { what: "the process to end" });
  expect(process.output).toContain("identifyBy");
});
