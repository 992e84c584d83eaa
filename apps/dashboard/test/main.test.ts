import { setTimeout as sleep } from "node:timers/promises";
import { createConnectionStore } from "@customerio-router/connections";
import { freePort, startProcess, startRedis, waitFor } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { expect, test } from "vitest";

const entry = "apps/dashboard/src/main.ts";
const SECRET_KEY = "s".repeat(32);

test("the dashboard starts from its environment, logs no secret, and ends with 0 on SIGTERM", async () => {
  await using redis = await startRedis();
  const port = await freePort();
  const secrets = { DASHBOARD_PASSWORD: "a-password-of-mine", DASHBOARD_LOGIN_CODE: "a-login-code-of-mine" };
  const ready = new URL(`http://127.0.0.1:${port}/readyz`);
  const env = { REDIS_URL: redis.url, DASHBOARD_PORT: String(port), SECRET_KEY, ...secrets };
  await using dashboard = await startProcess({ entry, env, ready });
  const answer = await fetch(`http://127.0.0.1:${port}/login?code=a-login-code-of-mine`);
  expect(answer.headers.get("set-cookie")).toContain("HttpOnly");
  expect(await dashboard.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(dashboard.output).not.toMatch(/of-mine|ssssssss/);
});

test("F6: the dashboard starts while Redis is away, and says so", async () => {
  const port = await freePort();
  const env = {
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    DASHBOARD_PORT: String(port),
    SECRET_KEY,
  };
  await using dashboard = await startProcess({ entry, env, ready: /"listening"/ });
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([
    503,
    { problems: [expect.stringMatching(/^Nothing listens at the address in REDIS_URL/)] },
  ]);
  expect(await dashboard.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("F6: a dashboard that runs goes on after Redis was away for seconds, and says so once", async () => {
  await using redis = await startRedis();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { REDIS_URL: redis.url, DASHBOARD_PORT: String(port), SECRET_KEY };
  await using dashboard = await startProcess({ entry, env, ready: new URL(`${url}/readyz`) });
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  await using _ = { [Symbol.asyncDispose]: async () => client.disconnect() };
  const store = createConnectionStore({ redis: client, secretKey: SECRET_KEY });
  const shows = async (name: string) =>
    (await (await fetch(`${url}/queues/api/queues`)).text()).includes(name);
  await store.ensure({ name: "Before", siteId: "s", apiKey: "k", region: "us" });
  await waitFor(() => shows("Before"), { what: "the first queue" });
  await redis.kill("SIGKILL");
  const sentence = "Nothing listens at the address in REDIS_URL";
  await waitFor(() => dashboard.output.includes(sentence), { what: "the reason in the log" });
  // ioredis tries again at least once a second.
  await sleep(2_500);
  expect(dashboard.output.split(sentence)).toHaveLength(2);
  await redis.restart();
  await store.ensure({ name: "After", siteId: "s", apiKey: "k", region: "us" });
  await waitFor(() => shows("After"), { what: "the second queue" });
  expect(dashboard.running).toBe(true);
});

test("F37: without a password the dashboard refuses to listen beyond this machine", async () => {
  await using redis = await startRedis();
  const env = { REDIS_URL: redis.url, HOST: "0.0.0.0", DASHBOARD_PORT: String(await freePort()), SECRET_KEY };
  await using dashboard = await startProcess({ entry, env });
  expect((await dashboard.exited).code).toBe(1);
  expect(dashboard.output).toContain("DASHBOARD_PASSWORD is missing");
});
