import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ConnectionStore, createConnectionStore, readHeld } from "@customerio-router/connections";
import { startProcess, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { createBackend, forgetConnection } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { basic, send } from "../intake-for-tests.ts";
import { type IntakeProcess, startIntakeProcess } from "../intake-process.ts";

const writeKeysKey = "customerio-router:{connections}:write-keys";
const secretKey = "hunter2-0123456789abcdef0123456789";
const noConnection = { CUSTOMERIO_SITE_ID: "", CUSTOMERIO_API_KEY: "", WRITE_KEY: "", CONNECTION_NAME: "" };

function disposed<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

type Setting = Awaited<ReturnType<typeof openSetting>>;

/** A Redis, the connections in it, and intakes that have them from there and not from their environment. */
async function openSetting() {
  const redis = disposed(await startRedis());
  const { path: dataDir } = disposed(await temporaryFolder());
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  onTestFinished(() => void client.disconnect());
  const store = createConnectionStore({ redis: client, secretKey });
  return {
    redis,
    client,
    dataDir,
    store,
    async start(environment: Record<string, string> = noConnection): Promise<IntakeProcess> {
      const intake = await startIntakeProcess({ redisUrl: redis.url, dataDir, environment });
      disposed(intake.process);
      return intake;
    },
    /** The messageIds that wait for a connection, oldest first. */
    async queued(connectionId: string): Promise<string[]> {
      const jobs = await createBackend(client).queue(connectionId).getWaiting();
      return jobs.flatMap(({ data }) =>
        data.entries.map(({ message }) => (message as { messageId: string }).messageId),
      );
    },
    async runSpool(...args: string[]): Promise<string> {
      const options = { entry: "apps/cli/src/main.ts", args: ["spool", ...args] };
      const command = disposed(await startProcess({ ...options, env: { REDIS_URL: redis.url } }));
      const { code } = await command.exited;
      return `${code}: ${command.output}`;
    },
  };
}

async function make(store: ConnectionStore, name: string, writeKey: string): Promise<string> {
  const saved = await store.create({ name, siteId: "site", apiKey: "key", region: "us", writeKey });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  return saved.connection.id;
}

/** The status of a track with that messageId. */
async function track(intake: IntakeProcess, writeKey: string, messageId: string): Promise<number> {
  const { status } = await send(`${intake.url}/v1/track`, {
    method: "POST",
    body: { type: "track", userId: "u1", event: "E", messageId },
    headers: { authorization: basic(writeKey) },
  });
  return status;
}

async function isLost(intake: IntakeProcess): Promise<boolean> {
  const { problems, warnings } = await intake.readiness();
  return [...problems, ...warnings].join().includes("Redis lost its data");
}

/** Empties Redis, and waits until the intake has noticed. */
async function empty({ client }: Setting, intake: IntakeProcess): Promise<void> {
  await client.flushall();
  await waitFor(() => isLost(intake), { what: "the loss to be noticed" });
}

/** Sends without a pause until something is so; all of it has to be taken. Gives the messageIds. */
async function trackUntil(
  intake: IntakeProcess,
  writeKey: string,
  isSo: () => Promise<boolean>,
  name = "early",
): Promise<string[]> {
  const sent: string[] = [];
  await waitFor(
    async () => {
      sent.push(`${name} ${sent.length}`);
      expect(await track(intake, writeKey, sent.at(-1) ?? "")).toBe(200);
      return isSo();
    },
    { what: "the end of sending" },
  );
  return sent;
}

const emptySpool = (intake: IntakeProcess) =>
  waitFor(async () => (await intake.spooledMessages()) === 0, { what: "the spool to be empty" });

test("F101 an emptied Redis refuses nobody for good: what comes is kept in order, across a restart too, until the connection is made again", async () => {
  const setting = await openSetting();
  const { client, store, start, queued } = setting;
  await make(store, "Shop", "shop-key");
  const intake = await start();
  expect(await track(intake, "shop-key", "m0")).toBe(200);
  await emptySpool(intake);
  await client.flushall();
  const early = await trackUntil(intake, "shop-key", () => isLost(intake));
  expect(await track(intake, "shop-key", "m1")).toBe(200);
  expect(await track(intake, "nobody's", "m1")).toBe(429);
  expect(await intake.readiness()).toMatchObject({ status: 200 });
  expect(intake.process.output).toMatch(/"level":"?(error|50)"?.*Redis lost its data/);

  await intake.process.kill("SIGKILL");
  const next = await start();
  expect(await track(next, "shop-key", "m2")).toBe(200);
  expect(await isLost(next)).toBe(true);
  const id = await make(store, "Shop again", "shop-key");
  // What comes while the older ones are given to it waits behind them.
  const isDrained = async () => (await next.spooledMessages()) === 0;
  const late = await trackUntil(next, "shop-key", isDrained, "late");
  await emptySpool(next);
  expect(await queued(id)).toEqual([...early, "m1", "m2", ...late]);
  await waitFor(async () => (await track(next, "nobody's", "m3")) === 401, {
    what: "strangers to be refused",
  });
  expect(await isLost(next)).toBe(false);
  expect(await track(next, "shop-key", "m4")).toBe(200);
});

test("F101 an emptied Redis and a full spool ask for patience", async () => {
  const setting = await openSetting();
  await make(setting.store, "Shop", "shop-key");
  const intake = await setting.start({ ...noConnection, SPOOL_BYTES: "1500" });
  await empty(setting, intake);
  const statuses: number[] = [];
  for (let number = 0; number < 12; number++) statuses.push(await track(intake, "shop-key", `m${number}`));
  expect(statuses[0]).toBe(200);
  expect(statuses.at(-1)).toBe(429);
  expect(statuses).not.toContain(401);
});

test("F101 an emptied Redis and no spool ask for patience, and every process is told", async () => {
  const setting = await openSetting();
  const id = await make(setting.store, "Shop", "shop-key");
  const intake = await setting.start({ ...noConnection, SPOOL_BYTES: "0" });
  expect(await track(intake, "shop-key", "m1")).toBe(200);
  await setting.client.flushall();
  expect(await track(intake, "shop-key", "m2")).toBe(429);
  await waitFor(async () => (await intake.readiness()).status === 503, { what: "the loss to be noticed" });
  await waitFor(async () => (await readHeld(setting.client)).length === 1, { what: "the loss to be told" });
  expect(await readHeld(setting.client)).toMatchObject([{ connectionId: id, messages: 0 }]);
  expect(await track(intake, "shop-key", "m3")).toBe(429);
  await make(setting.store, "Shop", "shop-key");
  await waitFor(async () => (await track(intake, "shop-key", "m4")) === 200, { what: "m4 to be taken" });
  await waitFor(async () => (await readHeld(setting.client)).length === 0, { what: "the end of the loss" });
});

test("F104 an intake without a spool hears that a person gave a lost connection up", async () => {
  const { client, store, start, runSpool } = await openSetting();
  const id = await make(store, "Shop", "shop-key");
  const intake = await start({ ...noConnection, SPOOL_BYTES: "0" });
  expect(await track(intake, "shop-key", "m1")).toBe(200);
  await client.flushall();
  await make(store, "Other", "other-key");
  await waitFor(async () => (await readHeld(client)).length === 1, { what: "the loss to be told" });
  expect(await runSpool("drop", id, "--yes")).toMatch(/^0: /);
  await waitFor(async () => (await track(intake, "shop-key", "m2")) === 401, {
    what: "the key to be refused",
  });
  await waitFor(async () => (await readHeld(client)).length === 0, { what: "the end of the loss" });
});

test("F102 the connection of the environment is made again at once in an emptied Redis, and nothing taken since is lost", async () => {
  const setting = await openSetting();
  const { client, store, queued } = setting;
  const intake = await setting.start({});
  expect((await intake.post("m1")).status).toBe(200);
  await emptySpool(intake);
  const [connection] = await store.list();
  const id = connection?.id ?? "";
  await client.flushall();
  const early = await trackUntil(intake, "a-write-key", async () => (await store.list()).length === 1);
  await emptySpool(intake);
  expect(await store.list()).toMatchObject([{ id, writeKey: "a-write-key" }]);
  await waitFor(async () => (await intake.post("m2")).status === 200, { what: "m2 to be taken" });
  await waitFor(async () => (await queued(id)).includes("m2"), { what: "m2" });
  expect(await queued(id)).toEqual([...early, "m2"]);
  expect(await isLost(intake)).toBe(false);
});

test("F103 write keys that alone were evicted are made again, and nothing counts as lost", async () => {
  const setting = await openSetting();
  await make(setting.store, "Shop", "shop-key");
  const intake = await setting.start();
  await setting.client.del(writeKeysKey);
  expect(await track(intake, "shop-key", "m1")).toBe(200);
  const next = await setting.start();
  expect(await track(next, "shop-key", "m2")).toBe(200);
  expect(await track(next, "nobody's", "m1")).toBe(401);
  expect(await setting.client.hexists(writeKeysKey, "installation")).toBe(1);
  for (const { process } of [intake, next]) expect(process.output).not.toContain("lost its data");
});

test("F104 messages whose connection never returns are kept, shown, and given away or dropped by a person", {
  timeout: 60_000,
}, async () => {
  const setting = await openSetting();
  const { store, start, queued, runSpool } = setting;
  const [shop, blog] = [await make(store, "Shop", "shop-key"), await make(store, "Blog", "blog-key")];
  expect(await runSpool("list")).toContain("No running intake");
  const intake = await start();
  await empty(setting, intake);
  for (const id of ["s1", "s2"]) expect(await track(intake, "shop-key", id)).toBe(200);
  expect(await track(intake, "blog-key", "b1")).toBe(200);
  const other = await make(store, "Other", "other-key");
  await waitFor(
    async () => (await readHeld(setting.client)).reduce((sum, { messages }) => sum + messages, 0) === 3,
    { what: "what is kept to be reported" },
  );
  expect(JSON.parse((await runSpool("list", "--json")).slice("0: ".length))).toMatchObject([
    { connectionId: shop, messages: 2 },
    { connectionId: blog, messages: 1 },
  ]);
  expect(await runSpool("list")).toMatch(new RegExp(`${shop} +2 `));
  expect((await intake.readiness()).warnings.join()).toContain(`${shop} (2 messages), ${blog} (1 message)`);
  expect(await track(intake, "other-key", "o1")).toBe(200);

  expect(await runSpool("--help")).toMatch(/^0: Usage: npm run cli -- spool /);
  expect(await runSpool("drop", "c123")).toMatch(/^1: .*lost connection "c123": see .*list/);
  expect(await runSpool("drop", blog)).toMatch(/^1: .*confirm with --yes/);
  expect(await runSpool("drop", blog, "--yes")).toMatch(/^0: .*delete 1 message /);
  expect(await runSpool("assign", shop, "Nobody")).toContain('there is no connection "Nobody"');
  expect(await runSpool("assign", shop, "Other")).toMatch(/^0: .*give 2 messages .* to Other/);
  await waitFor(async () => (await queued(other)).length === 3, { what: "all messages of the new one" });
  expect(await queued(other)).toEqual(["o1", "s1", "s2"]);
  await emptySpool(intake);
  await waitFor(async () => (await readHeld(setting.client)).length === 0, {
    what: "nothing to be reported",
  });
  expect(await runSpool("list")).toContain("No running intake");
  expect(await queued(blog)).toEqual([]);
  expect(await track(intake, "shop-key", "s3")).toBe(401);
  expect(await isLost(intake)).toBe(false);
});

test("F105 the last connection that a person removes is no loss: its write key is refused", async () => {
  const { store, start } = await openSetting();
  const id = await make(store, "Shop", "shop-key");
  const intake = await start();
  await store.remove(id);
  await waitFor(async () => (await track(intake, "shop-key", "m1")) === 401, { what: "it to be refused" });
  expect(intake.process.output).not.toContain("lost its data");
});

test("F105 spooled messages of a connection that a person deleted meanwhile are deleted too, and hold up nobody", async () => {
  const { redis, client, store, start, queued } = await openSetting();
  const [shop, blog] = [await make(store, "Shop", "shop-key"), await make(store, "Blog", "blog-key")];
  const intake = await start();
  redis.freeze();
  for (const key of ["shop-key", "blog-key"]) expect(await track(intake, key, `${key} 1`)).toBe(200);
  await intake.process.kill("SIGKILL");
  redis.thaw();
  await waitFor(async () => (await client.ping()) === "PONG", { what: "Redis to answer" });
  await forgetConnection({ redis: client, backend: createBackend(client), connectionId: shop });
  await store.remove(shop);
  const next = await start();
  await emptySpool(next);
  expect(next.process.output).toContain("their connection was deleted");
  expect(await track(next, "blog-key", "blog-key 2")).toBe(200);
  await emptySpool(next);
  expect(await queued(blog)).toEqual(["blog-key 1", "blog-key 2"]);
  expect(await queued(shop)).toEqual([]);
  expect((await next.readiness()).warnings).toEqual(
    expect.not.arrayContaining([expect.stringContaining("lost")]),
  );
});

test("F279 messages that are taken for a connection just after it was deleted are deleted too", async () => {
  const { redis, client, store, start, queued } = await openSetting();
  const shop = await make(store, "Shop", "shop-key");
  const intake = await start();
  intake.process.freeze();
  await forgetConnection({ redis: client, backend: createBackend(client), connectionId: shop });
  await store.remove(shop);
  // So that it cannot read what it is told.
  redis.freeze();
  intake.process.thaw();
  expect(await track(intake, "shop-key", "m1")).toBe(200);
  redis.thaw();
  await emptySpool(intake);
  expect(await queued(shop)).toEqual([]);
  expect(await isLost(intake)).toBe(false);
});

test("F106 an intake whose SECRET_KEY is not the installation's goes on taking, and seals nothing", async () => {
  const setting = await openSetting();
  const first = await setting.start({});
  const [connection] = await setting.store.list();
  await first.process.kill("SIGTERM");
  const intake = await setting.start({ SECRET_KEY: "another-0123456789abcdef0123456789" });
  expect((await intake.post("m1")).status).toBe(200);
  await waitFor(() => intake.process.output.includes("SECRET_KEY is not the key"), { what: "a line" });
  expect(await setting.store.apiKeyOf(connection?.id ?? "")).toBe("hunter2-api-key");
});

test("F107 the data of an earlier version is marked silently, and counts from then on", async () => {
  const setting = await openSetting();
  const { client, store, start } = setting;
  await make(store, "Shop", "shop-key");
  await client.hdel(writeKeysKey, "installation");
  await client.set("customerio-router:{connections}:version", 7);
  const intake = await start();
  expect(await client.hexists(writeKeysKey, "installation")).toBe(1);
  expect(await track(intake, "shop-key", "m1")).toBe(200);
  expect(await track(intake, "nobody's", "m1")).toBe(401);
  expect(intake.process.output).not.toContain("lost its data");
  await empty(setting, intake);
  expect(await track(intake, "shop-key", "m2")).toBe(200);
});

test("F107 the write keys in a spool of an earlier version stay known in an emptied Redis", async () => {
  const setting = await openSetting();
  const { client, dataDir, store, start } = setting;
  await make(store, "Shop", "shop-key");
  const intake = await start();
  await intake.process.kill("SIGTERM");
  const folder = join(dataDir, "spool");
  const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".sqlite"));
  const database = new DatabaseSync(join(folder, file));
  database.exec("ALTER TABLE writeKeys DROP COLUMN mark");
  database.close();
  await client.flushall();
  const next = await start();
  expect(await track(next, "shop-key", "m1")).toBe(200);
  expect(await track(next, "nobody's", "m1")).toBe(429);
  expect(await isLost(next)).toBe(true);
  const id = await make(store, "Shop again", "shop-key");
  await emptySpool(next);
  expect(await setting.queued(id)).toEqual(["m1"]);
});

test("F108 a backup that is put back ends the loss: what was kept is drained, and write keys are refused again", async () => {
  const setting = await openSetting();
  const { client, store, start, queued } = setting;
  const id = await make(store, "Shop", "shop-key");
  const intake = await start();
  const keys = await client.keys("customerio-router:{connections}:*");
  const backup = await Promise.all(keys.map(async (key) => ({ key, dump: await client.dumpBuffer(key) })));
  await empty(setting, intake);
  expect(await track(intake, "shop-key", "m1")).toBe(200);
  for (const { key, dump } of backup) await client.restore(key, 0, dump);
  await waitFor(async () => !(await isLost(intake)), { what: "the end of the loss" });
  await emptySpool(intake);
  expect(await queued(id)).toEqual(["m1"]);
  expect(await track(intake, "nobody's", "m1")).toBe(401);
  expect(intake.process.output).toContain("Redis has all its connections again");
});

test("F108 a connection that is newer than the backup stays lost: its callers are taken, and nothing of it is dropped", async () => {
  const setting = await openSetting();
  const { client, store, start } = setting;
  await make(store, "Shop", "shop-key");
  const intake = await start();
  const keys = await client.keys("customerio-router:{connections}:*");
  const backup = await Promise.all(keys.map(async (key) => ({ key, dump: await client.dumpBuffer(key) })));
  const later = await make(store, "Later", "later-key");
  await waitFor(async () => (await track(intake, "later-key", "m1")) === 200, {
    what: "its key to be known",
  });
  // A busy machine makes Redis slow, and then the spool has it for a moment.
  await emptySpool(intake);
  await empty(setting, intake);
  expect(await track(intake, "later-key", "m2")).toBe(200);
  for (const { key, dump } of backup) await client.restore(key, 0, dump);
  await waitFor(async () => (await readHeld(client)).length === 1, { what: "only the later one to be lost" });
  expect(await readHeld(client)).toMatchObject([{ connectionId: later, messages: 1 }]);
  expect(await track(intake, "later-key", "m3")).toBe(200);
});
