import { createConnectionStore } from "@customerio-router/connections";
import { freePort, startProcess, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { createBackend } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { basic, errorOf, send } from "./intake-for-tests.ts";

const secretKey = "0123456789abcdef0123456789abcdef";

test("without a spool a connection with as much waiting as it may have is told to come back later, the others are not", async () => {
  const server = await startRedis({ appendfsync: "no" });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  const store = createConnectionStore({ redis, secretKey });
  const keys = { siteId: "site", apiKey: "hunter2-api-key", region: "us" } as const;
  const bounded = await store.ensure({ name: "Bounded", ...keys, settings: { backlogBytes: 10_000 } });
  const other = await store.ensure({ name: "Other", ...keys });

  const url = `http://127.0.0.1:${await freePort()}`;
  const env = {
    REDIS_URL: server.url,
    INTAKE_PORT: new URL(url).port,
    DATA_DIR: folder.path,
    SPOOL_BYTES: "0",
    LOG_LEVEL: "warn",
  };
  const intake = await startProcess({
    entry: "apps/intake/src/main.ts",
    env,
    ready: new URL(`${url}/readyz`),
  });
  onTestFinished(() => intake[Symbol.asyncDispose]());
  const track = (writeKey: string) =>
    send(`${url}/v1/track`, {
      method: "POST",
      headers: { authorization: basic(writeKey) },
      body: { userId: "a", event: "Filled", properties: { text: "x".repeat(5_000) } },
    });

  const refused = await waitFor(
    async () => {
      const answer = await track(bounded.writeKey);
      return answer.status === 200 ? undefined : answer;
    },
    { what: "the bound to be noticed", pollMs: 50 },
  );
  expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
  expect(errorOf(refused)).toMatchObject({ reason: "backlog-full" });
  expect((await track(other.writeKey)).status).toBe(200);

  await createBackend(redis).queue(bounded.id).drain();
  await waitFor(async () => (await track(bounded.writeKey)).status === 200, { what: "room to be noticed" });
});
