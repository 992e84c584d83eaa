import {
  createConnectionStore,
  createRuleStore,
  createSourceStore,
  requestErasure,
} from "@customerio-router/connections";
import { countWorkers, startReplay } from "@customerio-router/queue";
import { connectionKeys, formatVersion, OlderFormatError, readFormat } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key of at least 32 characters";

/** A connection whose data has the format of the version before. */
async function openSetting() {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey });
  const saved = await store.create({ name: "Shop", siteId: "site-1", apiKey: "key-1", region: "us" });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const isNew = await readFormat(redis);
  await redis.del(connectionKeys.format);
  const run = (...args: string[]) => runCommand(args, { env: { REDIS_URL: url, SECRET_KEY: secretKey } });
  return { redis, store, connection: saved.connection, isNew, run };
}

test("F290 nothing is stored that the version before cannot handle, until the upgrade", async () => {
  const { redis, store, connection, isNew, run } = await openSetting();
  const { id } = connection;
  const sources = createSourceStore(redis);
  const rules = createRuleStore({ redis, secretKey });
  const settings = (changed: object) =>
    store.update(id, { settings: { ...connection.settings, ...changed } });
  const newest: (() => Promise<unknown>)[] = [
    () => sources.create({ name: "Web", kind: "browser" }),
    () => sources.update(id, { paused: true }),
    () => sources.remove(id),
    () => store.create({ name: "Fed", siteId: "s", apiKey: "k", region: "us", sources: [] }),
    () => store.setDelivery(id, "shadow"),
    () => settings({ consentCategories: ["Advertising"] }),
    () => settings({ aliasFromClients: false }),
    () => rules.put(id, { version: 0, rules: [{ name: "No", then: { drop: true } }] }),
    () => startReplay(redis, id, { filter: {}, withState: false, asNew: false, startedBy: "a test" }),
    () =>
      requestErasure({
        redis,
        secretKey,
        person: "id:1",
        connection: id,
        existing: [id],
        suppress: false,
      }),
  ];
  const before = await dump(redis);
  for (const store of newest) await expect(store).rejects.toThrow(OlderFormatError);
  expect(await dump(redis)).toEqual(before);
  // What the version before can handle goes on.
  expect(await settings({ backlogBytes: 5_000_000 })).toMatchObject({ ok: true });
  const refused = await run("sources", "add", "Web", "--kind", "browser");
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("npm run cli -- upgrade")]);

  const older = { version: "0.0.9", host: "machine", pid: 7 };
  await countWorkers(redis, "older", older);
  const alive = setInterval(() => void countWorkers(redis, "older", older), 1_000);
  onTestFinished(() => clearInterval(alive));
  const early = await run("upgrade", "--yes");
  expect([early.code, early.stderr]).toEqual([
    1,
    expect.stringContaining("worker, process 7 on machine, version 0.0.9, reads format 1"),
  ]);
  expect(await readFormat(redis)).toBe(1);
  const asked = await run("upgrade", "--force");
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining("cannot roll back")]);
  const upgraded = await run("upgrade", "--force", "--yes", "--json");
  expect(JSON.parse(upgraded.stdout)).toMatchObject({
    before: 1,
    now: formatVersion,
    processes: [{ app: "worker", pid: 7, isOlder: true }],
  });
  expect([await readFormat(redis), isNew]).toEqual([formatVersion, formatVersion]);
  const again = await run("upgrade");
  expect([again.code, again.stdout]).toEqual([0, `The data has format ${formatVersion} already.\n`]);
  expect(await newest[0]?.()).toMatchObject({ ok: true });
});

test("F288 a command refuses data of a newer format, and the doctor says so", async () => {
  const { redis, run } = await openSetting();
  await redis.set(connectionKeys.format, formatVersion + 1);
  const sentence = `The data in this Redis has format ${formatVersion + 1}, and this version reads formats`;
  for (const args of [["upgrade", "--yes"], ["connections", "list"], ["ledger"]]) {
    const ran = await run(...args);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(sentence)]);
  }
  expect(await redis.get(connectionKeys.format)).toBe(String(formatVersion + 1));
  const { checks } = JSON.parse((await run("doctor", "--json")).stdout);
  expect(checks).toContainEqual({
    check: "Format of the data",
    ok: false,
    text: expect.stringContaining(sentence),
  });
});

/** What connections, sources, rules, replays and erasures are stored as. */
async function dump(redis: Awaited<ReturnType<typeof startRedisForTest>>["redis"]): Promise<object> {
  const keys = (await redis.keys("*")).sort();
  const texts = await Promise.all(keys.map((key) => redis.dump(key)));
  return Object.fromEntries(keys.map((key, at) => [key, texts[at]]));
}
