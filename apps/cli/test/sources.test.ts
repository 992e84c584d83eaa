import { createConnectionStore, createSourceStore } from "@customerio-router/connections";
import { expect, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key for tests, 32 characters";

/** A Redis of its own with the connections Shop and Second, each with a source of its own. */
async function start() {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey });
  const make = async (name: string) => {
    const saved = await store.create({ name, siteId: "site-1", apiKey: "track-key-1", region: "us" });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    return saved.connection.id;
  };
  const env = { REDIS_URL: url, SECRET_KEY: secretKey, CUSTOMERIO_API_KEY: "track-key-1" };
  return {
    store,
    sources: createSourceStore(redis),
    shop: await make("Shop"),
    second: await make("Second"),
    /** Gives what a command prints: on standard output if it is done, else on standard error. */
    async run(args: string[], input = ""): Promise<[code: number | null, text: string]> {
      const { code, stdout, stderr } = await runCommand(args, { env, input });
      expect(code === 0 ? stderr : stdout).toBe("");
      return [code, code === 0 ? stdout : stderr];
    },
  };
}

test("sources are added, listed, changed, paused, joined and removed", async () => {
  const { sources, shop, second, run } = await start();
  const add = [
    "add",
    "Pages",
    "--kind",
    "browser",
    "--origins",
    "https://shop.example, http://localhost:3000",
  ];
  const [code, text] = await run(["sources", ...add, "--connection", "shop", second]);
  const pages = (await sources.list()).find(({ name }) => name === "Pages");
  if (!pages) throw new Error(text);
  const { id, writeKeys } = pages;
  expect([code, text]).toEqual([0, `Pages: added. Write key: ${writeKeys[0]?.key}\n`]);
  const origins = ["https://shop.example", "http://localhost:3000"];
  expect(pages).toMatchObject({ kind: "browser", origins, connections: [shop, second] });
  const keyId = writeKeys[0]?.id ?? "";
  expect(await run(["sources", "list"])).toEqual([
    0,
    expect.stringMatching(
      new RegExp(`Pages +${id} +browser +active +Shop; Second +${keyId} \\(never used\\)`),
    ),
  ]);

  const change = (...args: string[]) => run(["sources", "change", ...args]);
  const limited = ["pages", "--name", "Site", "--messages-per-second", "5", "--origins", "", "--pause"];
  expect(await change(...limited)).toEqual([0, "Site: changed.\n"]);
  expect(await sources.get(id)).toMatchObject({ state: "paused", origins: [], messagesPerSecond: 5 });
  await change(
    "Site",
    "--resume",
    "--messages-per-second",
    "none",
    "--kind",
    "server",
    "--connection",
    "Shop",
  );
  const changed = { state: "active", kind: "server", messagesPerSecond: null, connections: [shop] };
  expect(await sources.get(id)).toMatchObject(changed);

  expect(await run(["sources", "feed", "Second", "Site"])).toEqual([0, "Second: fed by Site.\n"]);
  expect(await sources.get(id)).toMatchObject({ connections: [shop, second] });
  expect(await run(["sources", "feed", "Second"])).toEqual([0, "Second: fed by no source.\n"]);
  expect(await sources.get(second)).toMatchObject({ state: "no-connection" });

  expect(await run(["sources", "remove", "Site"])).toEqual([
    1,
    "sources remove: callers with a write key of Site are refused: confirm with --yes.\n",
  ]);
  expect(await run(["sources", "remove", id, "--yes"])).toEqual([0, "Site: removed.\n"]);
  expect(await sources.get(id)).toBeUndefined();
});

test("a write key replaces another one, and comes from standard input", async () => {
  const { sources, shop, run } = await start();
  const addKey = await run(["sources", "add-key", "Shop", "--write-key", "-"], "key-from-standard-input\n");
  const [first, added] = (await sources.get(shop))?.writeKeys ?? [];
  expect(addKey).toEqual([0, `Shop: added. Write key ${added?.id}: key-from-standard-input\n`]);
  expect(await run(["sources", "add-key", "Shop"])).toEqual([1, expect.stringContaining("retire one first")]);
  const retired = await run(["sources", "retire-key", "Shop", first?.id ?? ""]);
  expect(retired).toEqual([0, `Shop: retired ${first?.id}.\n`]);
  expect((await sources.get(shop))?.writeKeys).toEqual([added]);
  expect(await run(["sources", "retire-key", "Shop", "k404"])).toEqual([
    1,
    expect.stringContaining('Shop has no write key with the id "k404": see npm run cli -- sources list'),
  ]);
  const add = ["sources", "add", "App", "--kind", "mobile", "--write-key", "-"];
  expect(await run(add, "app-key\n")).toEqual([0, "App: added. Write key: app-key\n"]);
  expect(await run(["sources", "add-key", "App", "--write-key", "-"])).toEqual([
    1,
    expect.stringContaining("--write-key - reads the key from standard input, which is empty"),
  ]);
});

test("--json prints each result as JSON", async () => {
  const { sources, shop, run } = await start();
  const json = async (...args: string[]) => {
    const [code, text] = await run(["sources", ...args, "--json"]);
    return [code, JSON.parse(text)];
  };
  const [, added] = await json("add", "App", "--kind", "mobile");
  const { id, writeKey } = added;
  expect(await sources.get(id)).toMatchObject({ name: "App", writeKeys: [{ key: writeKey }] });
  expect(await json("list")).toEqual([0, await sources.list()]);
  expect(await json("change", "App", "--pause")).toEqual([0, await sources.get(id)]);
  expect(await json("feed", "Shop", "App")).toEqual([0, { id: shop, name: "Shop", sources: [id] }]);
  const [, key] = await json("add-key", "App");
  expect((await sources.get(id))?.writeKeys[1]).toMatchObject(key);
  expect(await json("retire-key", "App", key.id)).toEqual([
    0,
    { id, name: "App", keyId: key.id, retired: true },
  ]);
  expect(await json("remove", "App", "--yes")).toEqual([0, { id, name: "App", removed: true }]);
});

test("a connection is added with existing sources that feed it", async () => {
  const { store, sources, shop, run } = await start();
  const add = (name: string, ...more: string[]) =>
    run(["connections", "add", name, "--site-id", "site-1", "--region", "us", "--no-check", ...more]);
  const [writeKey] = (await sources.get(shop))?.writeKeys ?? [];
  expect(await add("Staging", "--source", "Shop")).toEqual([
    0,
    `Staging: added. Write key: ${writeKey?.key}\n`,
  ]);
  const staging = await store.findByName("Staging");
  expect(await sources.get(shop)).toMatchObject({ connections: [shop, staging?.id] });
  expect(await sources.findByName("Staging")).toBeUndefined();
  expect(await add("Other", "--source", "Nobody")).toEqual([
    1,
    expect.stringContaining('there is no source "Nobody": see npm run cli -- sources list'),
  ]);
  expect(await store.findByName("Other")).toBeUndefined();
});

const mistakes = [
  [["add", "App"], "required option '--kind <kind>' not specified"],
  [["add", "App", "--kind", "fridge"], "Allowed choices are browser, server, mobile"],
  [["add", "shop", "--kind", "server"], "name: Another source has this name."],
  [["add", "App", "--kind", "server", "--origins", "https://a.example"], "origins: Only a source of kind"],
  [["add", "App", "--kind", "server", "--connection", "Nobody"], 'there is no connection "Nobody"'],
  [["change", "Shop", "--messages-per-second", "fast"], "It must be a whole number, or none."],
  [["change", "Shop", "--pause", "--resume"], "cannot be used with option '--resume'"],
  [["change", "Nobody", "--pause"], 'there is no source "Nobody": see npm run cli -- sources list'],
  [["feed", "Nobody", "Shop"], 'there is no connection "Nobody": see npm run cli -- connections list'],
] as const;

test("each mistake is answered with what to correct, and changes nothing", async () => {
  const { sources, run } = await start();
  const before = await sources.list();
  const answers = mistakes.map(async ([args, problem]) => {
    expect(await run(["sources", ...args])).toEqual([1, expect.stringContaining(problem)]);
  });
  await Promise.all(answers);
  expect(await sources.list()).toEqual(before);
});
