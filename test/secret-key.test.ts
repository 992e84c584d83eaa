import { setTimeout as sleep } from "node:timers/promises";
import { createConnectionStore, rekey } from "@customerio-router/connections";
import { freePort, startProcess, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { expect, test } from "vitest";

const right = "the right secret key of over 32 characters";
const wrong = "another secret key of over 32 characters";
const apps = ["worker", "dashboard"] as const;

async function startApp(app: (typeof apps)[number], env: Record<string, string>) {
  const port = await freePort();
  const child = await startProcess({
    entry: `apps/${app}/src/main.ts`,
    env: { ...env, [`${app.toUpperCase()}_PORT`]: String(port) },
    ...(env.SECRET_KEY !== undefined && { ready: /"msg":"listening"/ }),
  });
  return {
    child,
    async askReady(): Promise<{ ready: boolean; problems: string[] }> {
      return (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as {
        ready: boolean;
        problems: string[];
      };
    },
  };
}

test.each(apps)("F220 without SECRET_KEY the %s does not start, and says how to get one", async (app) => {
  await using redis = await startRedis();
  const { child } = await startApp(app, { REDIS_URL: redis.url });
  await using _ = child;
  expect((await child.exited).code).toBe(1);
  expect(child.output.split("\n")).toEqual([
    `${app} cannot start with this environment:`,
    "  SECRET_KEY is missing: set the one this installation began with, or for a new installation what `openssl rand -base64 32` makes.",
    "",
  ]);
});

test.each(apps)(
  "F221 a wrong SECRET_KEY is told by the %s in log and /readyz once Redis is there",
  async (app) => {
    await using redis = await startRedis();
    await using folder = await temporaryFolder();
    const client = connectRedis({ url: redis.url, profile: "consumer" });
    await using _client = { [Symbol.asyncDispose]: async () => client.disconnect() };
    const store = createConnectionStore({ redis: client, secretKey: right });
    await store.ensure({ name: "Shop", siteId: "s", apiKey: "k", region: "us" });
    await redis.kill("SIGTERM");

    const { child, askReady } = await startApp(app, {
      REDIS_URL: redis.url,
      SECRET_KEY: wrong,
      DATA_DIR: folder.path,
    });
    await using _ = child;
    // Long enough that Redis counts as away at the start.
    await sleep(2_500);
    await redis.restart();
    const sentence = /^SECRET_KEY is not the key of the installation in this Redis .*rekey -- --lost/;
    const refusal = { ready: false, problems: [expect.stringMatching(sentence)] };
    await waitFor(async () => (await askReady()).problems[0]?.startsWith("SECRET_KEY"), {
      what: "the problem",
    });
    expect(await askReady()).toMatchObject(refusal);
    const told = child.output.split("\n").filter((line) => line.includes("SECRET_KEY is not the key"));
    expect(told.map((line) => JSON.parse(line).level)).toEqual(["error"]);

    await rekey({ redis: client, oldSecretKey: right, secretKey: wrong });
    await waitFor(async () => (await askReady()).ready, { what: "the key to be right" });
    expect(child.running).toBe(true);
  },
);
