import { type ConnectionStore, createConnectionStore } from "@customerio-router/connections";
import { createSandbox } from "@customerio-router/customerio-sandbox";
import { expect, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const apiKey = "track-key-1";
const secretKey = "a secret key for tests, 32 characters";
const shop = { name: "Shop", siteId: "site-1", apiKey, region: "us" } as const;

type Setting = {
  url: string;
  store: ConnectionStore;
  /** Runs `connections`; gives what it prints: on standard output if it is done, else on standard error. */
  run(
    args: string[],
    more?: { input?: string; env?: Record<string, string> },
  ): Promise<[code: number | null, text: string]>;
};

/** A Redis of its own, with no connection in it. */
async function start(): Promise<Setting> {
  const { url, redis } = await startRedisForTest();
  const env = {
    REDIS_URL: url,
    SECRET_KEY: secretKey,
    CUSTOMERIO_API_KEY: apiKey,
    ALLOW_CUSTOM_TRACK_URL: "true",
  };
  return {
    url,
    store: createConnectionStore({ redis, secretKey, allowCustomTrackUrl: true }),
    async run(args, { input = "", env: other = {} } = {}) {
      const ran = await runCommand(["connections", ...args], { input, env: { ...env, ...other } });
      expect(ran.code === 0 ? ran.stderr : ran.stdout).toBe("");
      return [ran.code, ran.code === 0 ? ran.stdout : ran.stderr];
    },
  };
}

async function startSandbox(region: "us" | "eu", siteId: string) {
  const sandbox = await createSandbox({ region, keys: [{ siteId, apiKey }] });
  return { url: await sandbox.start(), [Symbol.asyncDispose]: () => sandbox.close() };
}

test("connections are added, listed, tested, paused, resumed and removed", async () => {
  await using sandbox = await startSandbox("eu", "site-1");
  const setting = await start();
  const { store, run } = setting;
  const added = await run(["add", "Shop", "--site-id", "site-1", "--track-url", sandbox.url]);
  const [connection] = await store.list();
  expect(connection).toMatchObject({ name: "Shop", region: "eu", trackUrl: sandbox.url });
  expect(added).toEqual([0, `Shop: added. Write key: ${connection?.writeKey}\n`]);
  expect(await run(["test", "shop"])).toEqual([0, expect.stringContaining("Shop: The keys are valid.")]);
  expect(await run(["pause", "Shop"])).toEqual([0, "Shop: paused.\n"]);
  expect(await run(["list"])).toEqual([0, expect.stringMatching(/Shop +c\w+ +eu +Paused +0 +0/)]);
  expect(await run(["resume", connection?.id ?? ""])).toEqual([0, "Shop: resumed.\n"]);
  expect(await run(["remove", "Shop"])).toEqual([1, expect.stringContaining("confirm with --yes")]);
  expect(await run(["remove", "Shop", "--yes"])).toEqual([0, "Shop: removed.\n"]);
  expect(await store.list()).toEqual([]);
});

test("--json prints each result as JSON", async () => {
  await using sandbox = await startSandbox("us", "site-1");
  const setting = await start();
  const run = async (...args: string[]) => {
    const [code, text] = await setting.run([...args, "--json"]);
    return [code, JSON.parse(text)];
  };
  const settings = '{"convertDates":false}';
  const add = ["add", "Shop", "--site-id", "site-1", "--track-url", sandbox.url, "--settings", settings];
  const [code, added] = await run(...add);
  const [connection] = await setting.store.list();
  const { id, writeKey } = added;
  expect([code, connection]).toMatchObject([0, { id, writeKey, settings: { convertDates: false } }]);
  expect(await run("list")).toMatchObject([
    0,
    [{ connection: { id }, state: { state: "no-worker" }, messagesFailed: 0 }],
  ]);
  expect(await run("test", "Shop")).toMatchObject([0, { id, ok: true }]);
  expect(await run("pause", "Shop")).toEqual([0, { id, name: "Shop", paused: true }]);
  expect(await run("resume", "Shop")).toEqual([0, { id, name: "Shop", resumed: true }]);
  expect(await run("remove", "Shop", "--yes")).toEqual([0, { id, name: "Shop", removed: true }]);
});

test.each([
  [["list", "--api-key", "seen by all"], "unknown option '--api-key'"],
  [["add", "Other", "--site-id", "site-1", "--region", "mars"], "Allowed choices are us, eu"],
  [["add", "Other", "--site-id", "site-1", "--settings", "{"], "It must be JSON"],
  [["add", "Other"], "required option '--site-id <id>' not specified"],
  [
    ["add", "shop", "--site-id", "site-1", "--region", "us", "--no-check"],
    "Another connection has this name.",
  ],
  [["pause", "Nobody"], 'there is no connection "Nobody": see npm run cli -- connections list'],
])("%j is answered with what to correct", async (args, problem) => {
  const setting = await start();
  await setting.store.create(shop);
  expect(await setting.run(args)).toEqual([1, expect.stringContaining(problem)]);
});

test("keys that Customer.io rejects are a failure", async () => {
  await using sandbox = await startSandbox("us", "another");
  const setting = await start();
  await setting.store.create({ ...shop, trackUrl: sandbox.url });
  expect(await setting.run(["test", "Shop"])).toEqual([
    1,
    expect.stringMatching(/^connections test: Shop: The custom URL rejects the keys \(401\)/),
  ]);
});

test("F222 add checks the keys with a region chosen too, unless --no-check", async () => {
  await using sandbox = await startSandbox("us", "another");
  const setting = await start();
  const add = (...more: string[]) =>
    setting.run(["add", "Shop", "--site-id", "site-1", "--track-url", sandbox.url, ...more]);
  expect(await add("--region", "us")).toEqual([1, expect.stringContaining("rejects the keys (401)")]);
  expect(await add("--no-check")).toEqual([1, expect.stringContaining("region: Choose the region")]);
  expect(await setting.store.list()).toEqual([]);
  expect(await add("--region", "us", "--no-check")).toEqual([0, expect.stringContaining("added")]);
});

test("F171 a write key of one's own comes from standard input, where nobody else on the machine sees it", async () => {
  const setting = await start();
  const add = (name: string, input: string) =>
    setting.run(["add", name, "--site-id", "site-1", "--region", "us", "--no-check", "--write-key", "-"], {
      input,
    });
  expect(await add("Shop", "a-key-from-standard-input\n")).toEqual([0, expect.stringContaining("added")]);
  expect(await setting.store.list()).toMatchObject([{ writeKey: "a-key-from-standard-input" }]);
  expect(await add("Other", "")).toEqual([
    1,
    expect.stringContaining("--write-key - reads the key from standard input, which is empty"),
  ]);
  expect(await setting.store.list()).toHaveLength(1);
});

test("a Redis that cannot be reached, and a SECRET_KEY of another installation, are told without a stack", async () => {
  const setting = await start();
  await setting.store.create(shop);
  const list = (env: Record<string, string>) => setting.run(["list"], { env });
  expect(await list({ REDIS_URL: "redis://127.0.0.1:9" })).toEqual([
    1,
    expect.stringMatching(/^connections list: Redis cannot be reached[^\n]*\n$/),
  ]);
  for (const [REDIS_URL, why] of [
    [setting.url.replace("redis:", "rediss:"), "Redis does not speak TLS: begin REDIS_URL with redis"],
    ["unix:///none/redis.sock", "The socket that REDIS_URL names does not exist"],
  ] as const) {
    expect(await list({ REDIS_URL })).toEqual([1, expect.stringContaining(`cannot be reached. ${why}`)]);
  }
  expect(await list({ SECRET_KEY: "another secret key, of 32 characters and more" })).toEqual([
    1,
    expect.stringMatching(/^connections list: SECRET_KEY is not the key of the installation[^\n]*\n$/),
  ]);
});
