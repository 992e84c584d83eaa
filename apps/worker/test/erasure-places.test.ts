import type { Archive, ArchiveLine } from "@customerio-router/archive";
import {
  freePort,
  startProcess,
  startRedis,
  startRedisCluster,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { afterEach, expect, test, vi } from "vitest";
import { compactRedis } from "../src/erasure/compact-redis.ts";
import { identify, openErasing, person, track } from "./erasure-setting.ts";
import { disposed } from "./setting.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Compressed text would not be found. */
const readable = { rdbcompression: "no" };

async function startS3() {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "ACCESS");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  const folder = disposed(await temporaryFolder());
  const port = await freePort();
  disposed(
    await startProcess({
      entry: "packages/archive/test/processes/s3-server.ts",
      args: [String(port), folder.path],
      ready: /listening/,
    }),
  );
  const options = { endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", forcePathStyle: true };
  return { options, files: folder.path };
}

type Setting = Awaited<ReturnType<typeof openErasing>>;

/** Three messages that are archived, and three that wait. */
async function sendAll({ archive, connection, enqueuer, queue, startWorker, lines }: Setting): Promise<void> {
  await enqueuer.enqueue(connection.id, [identify("i1"), track("t1", person.id), track("n1", "neighbour")]);
  const worker = startWorker({ archive, archiveCutMs: 0 });
  await waitFor(async () => (await lines()).length === 3, { what: "the archive" });
  await worker[Symbol.asyncDispose]();
  await queue.pause();
  await enqueuer.enqueue(connection.id, [identify("i2"), track("t2", person.id), track("n2", "neighbour")]);
}

/** Nothing of the person is left; the neighbour's messages are whole, and the delete came last. */
async function expectErased(setting: Setting): Promise<void> {
  const { queue, destination, lines, account, findPerson } = setting;
  expect(await findPerson()).toEqual([]);
  await queue.resume();
  await waitFor(async () => (await account()).waiting === 0, { what: "the rest" });
  expect(await account()).toMatchObject({ received: 6, delivered: 4, skipped: 2, waiting: 0 });
  expect(await lines()).toContainEqual(
    expect.objectContaining({ message: expect.objectContaining(track("n1", "neighbour").message) }),
  );
  const visible = destination.visible();
  expect(visible.filter(({ attributes }) => attributes?.note === "note of neighbour")).toHaveLength(2);
  expect(visible.filter(({ identifiers }) => identifiers.id === person.id).at(-1)?.action).toBe("delete");
  expect(await findPerson()).toEqual([]);
}

test("an erasure with the archive in S3", async () => {
  const setting = await openErasing({ s3: await startS3() });
  await sendAll(setting);
  expect(await setting.findPerson()).not.toEqual([]);
  const id = await setting.erase();
  setting.startWorker({ archive: setting.archive });
  await setting.untilDone(id);
  await expectErased(setting);
});

test("an erasure on a Redis Cluster, in the files of each master", { timeout: 60_000 }, async () => {
  const cluster = disposed(await startRedisCluster({ settings: readable }));
  const setting = await openErasing({ redisUrl: cluster.url });
  await waitFor(() => setting.client.status === "ready", { what: "the cluster" });
  await sendAll(setting);
  expect(await setting.findPerson()).not.toEqual([]);
  const id = await setting.erase();
  setting.startWorker({ archive: setting.archive });
  const { connections } = await setting.untilDone(id);
  expect(connections[0]?.unreachable).toEqual([expect.stringContaining("Redis's replicas")]);
  await expectErased(setting);
});

test.each(["BGSAVE", "BGREWRITEAOF"])(
  "F200 an erasure while Redis carries out %s",
  { timeout: 60_000 },
  async (command) => {
    const redis = disposed(await startRedis({ settings: { ...readable, "rdb-key-save-delay": "100000" } }));
    const setting = await openErasing({ redisUrl: redis.url });
    const { client, archive, startWorker } = setting;
    await sendAll(setting);
    await client.call(command);
    // What runs already is as slow as before.
    await client.call("CONFIG", "SET", "rdb-key-save-delay", "0");
    const id = await setting.erase();
    startWorker({ archive });
    const { connections } = await setting.untilDone(id);
    expect(connections[0]?.unreachable).toEqual([]);
    await expectErased(setting);
  },
);

test("F201 two workers have Redis write its files anew at once", async () => {
  const redis = disposed(await startRedis({ settings: { "rdb-key-save-delay": "20000" } }));
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  disposed({ [Symbol.asyncDispose]: async () => client.disconnect() });
  await client.mset(Array.from({ length: 20 }, (_, index) => [`key ${index}`, "value"]).flat());
  expect(await Promise.all([compactRedis(client), compactRedis(client)])).toEqual([[], []]);
});

test("F202 a write to S3 that began before the erasure and arrives after it changes nothing", async () => {
  const setting = await openErasing({ s3: await startS3() });
  const { connection, destination, enqueuer, archive, startWorker, erase, read, untilDone, lines } = setting;
  await enqueuer.enqueue(connection.id, [identify("i1"), track("t1", person.id), track("n1", "neighbour")]);
  let late: (() => Promise<unknown>) | undefined;
  const slow: Archive = {
    ...archive,
    async writeCut(connectionId, cut, groups) {
      const asRead: ArchiveLine[][] = [];
      for await (const group of groups) asRead.push(group);
      late = () => archive.writeCut(connectionId, cut, asRead, { mayWrite: () => true });
      throw new Error("the request is under way, and the process stands still");
    },
  };
  const first = startWorker({ archive: slow, archiveCutMs: 0 });
  await waitFor(() => late !== undefined && destination.visible().length === 3, { what: "a cut" });
  await first[Symbol.asyncDispose]();
  const id = await erase();
  const awayAtFirst: Archive = {
    ...archive,
    async writeCut(...args) {
      const [part] = (await read(id)).connections;
      if (!part?.removed.records) throw new Error("away until the person is removed from Redis");
      return await archive.writeCut(...args);
    },
  };
  startWorker({ archive: awayAtFirst, archiveCutMs: 0 });
  await untilDone(id);
  await waitFor(async () => (await lines()).length === 3, { what: "the archive" });
  await late?.();
  expect(JSON.stringify(await lines())).not.toContain(person.trait);
  await archive.sweep(connection.id, { mayWrite: () => true });
  expect(await setting.findPerson()).toEqual([]);
  expect((await lines()).filter(({ message }) => JSON.stringify(message).includes("neighbour"))).toHaveLength(
    1,
  );
});
