import { join } from "node:path";
import {
  createSourceStore,
  type Receipt,
  readErasure,
  readPart,
  readReceipt,
  requestErasure,
} from "@customerio-router/connections";
import { findInFiles, findInRedis, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { erasureKeys } from "@customerio-router/redis";
import { readLedger, readRefused } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { openSystem, secretKey } from "./system.ts";

const person = { id: "ada-lovelace-1815", email: "ada@analytical.example", trait: "Countess of Lovelace" };
const texts = Object.values(person);

function disposed<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

async function open() {
  const redis = disposed(await startRedis());
  const system = disposed(await openSystem({ redis }));
  const folder = disposed(await temporaryFolder());
  const { client, store, links } = system;
  const [link] = links;
  if (link === undefined) throw new Error("there is no connection");
  const { connection, intakeUrl, writeKey } = link;
  const [, redisFolder = ""] = (await client.config("GET", "dir")) as string[];
  const environment = { DATA_DIR: folder.path, ARCHIVE_CUT_MS: "1000" };
  const outputs: (() => string)[] = [];

  async function read(id: string): Promise<Receipt> {
    const erasure = await readErasure(client, id);
    if (!erasure) throw new Error("there is no such erasure");
    return await readReceipt({ redis: client, store }, erasure);
  }
  let calls = 0;
  return {
    redis,
    client,
    link,
    read,
    spoolFolder: join(folder.path, "spool"),
    async startIntake(more: Record<string, string> = {}) {
      const intake = await system.startIntake({ ...environment, ...more });
      outputs.push(() => intake.process.output);
      return intake;
    },
    async startWorker() {
      const worker = await system.startWorker(environment);
      outputs.push(() => worker.process.output);
      return worker;
    },
    /** A call of each; both are acknowledged. */
    async sendBoth(): Promise<void> {
      const call = calls++;
      const batch = [
        { type: "identify", userId: person.id, traits: { email: person.email, title: person.trait } },
        { type: "track", userId: "neighbour", event: "Ordered", properties: { note: `note ${call}` } },
        { type: "track", userId: person.id, event: "Ordered", properties: { title: person.trait } },
      ];
      const reply = await fetch(`${intakeUrl}/v1/batch`, {
        method: "POST",
        body: JSON.stringify({ writeKey, batch }),
      });
      expect(reply.status).toBe(200);
    },
    async erase(): Promise<string> {
      const { id } = await requestErasure({
        redis: client,
        secretKey,
        person: person.id,
        connection: "all",
        existing: [connection.id],
        suppress: false,
      });
      return id;
    },
    async untilDone(id: string): Promise<Receipt> {
      let receipt = await read(id);
      const isDone = async () => {
        receipt = await read(id);
        return receipt.state === "done";
      };
      await waitFor(isDone, { what: () => JSON.stringify(receipt), timeoutMs: 40_000 });
      return receipt;
    },
    async findPerson(): Promise<string[]> {
      const files = await Promise.all([redisFolder, folder.path].map((path) => findInFiles(path, texts)));
      const logs = outputs
        .filter((output) => texts.some((text) => output().includes(text)))
        .map(() => "a log");
      return [...files.flat(), ...(await findInRedis(client, texts)), ...logs];
    },
    account: async () => (await readLedger(client, connection.id, { by: "day" })).total,
    /** What Customer.io took of the person, and the neighbour's notes. */
    arrived() {
      const all = link.destination.arrived.map((each) => JSON.stringify(each));
      return {
        last: all.filter((text) => text.includes(person.id)).at(-1),
        notes: new Set(all.flatMap((text) => /note \d+/.exec(text) ?? [])).size,
      };
    },
  };
}

test("an intake that was down purges its spool when it starts, also of calls that it took without Redis", {
  timeout: 120_000,
}, async () => {
  const setting = await open();
  const { redis, client, startIntake, startWorker, sendBoth, erase, untilDone, read } = setting;
  const intake = await startIntake();
  await waitFor(async () => (await client.hlen(erasureKeys.intakes)) === 1, { what: "Redis to know it" });
  await redis.kill("SIGTERM");
  await sendBoth();
  await waitFor(async () => (await intake.spooledMessages()) === 3, { what: "the spool" });
  await intake.process.kill("SIGKILL");
  await redis.restart();
  await waitFor(() => client.status === "ready", { what: "Redis" });
  expect(await findInFiles(setting.spoolFolder, texts)).not.toEqual([]);
  const id = await erase();
  await startWorker();
  await waitFor(async () => (await read(id)).intakes.outstanding.length === 1, {
    what: "the intake to be named",
    timeoutMs: 30_000,
  });
  expect((await read(id)).intakes.outstanding[0]).toMatch(/^spool-\w+ /);
  const again = await startIntake();
  const receipt = await untilDone(id);
  expect(receipt.intakes).toMatchObject({ outstanding: [], confirmed: [expect.stringMatching(/^spool-/)] });
  await waitFor(async () => (await setting.account()).waiting === 0, { what: "the queue" });
  expect(await setting.account()).toMatchObject({ received: 3, delivered: 1, skipped: 2 });
  await waitFor(async () => (await setting.findPerson()).length === 0, { what: "nothing of the person" });
  // It starts without Redis, and still knows whom to drop.
  await again.process.kill("SIGKILL");
  await redis.kill("SIGTERM");
  await startIntake();
  await sendBoth();
  expect(await findInFiles(setting.spoolFolder, texts)).toEqual([]);
  await redis.restart();
  await waitFor(async () => (await setting.account()).received === 6, { what: "the spool to be drained" });
  await waitFor(() => setting.arrived().notes === 2, { what: "the neighbour" });
  expect(setting.arrived().last).toContain("delete");
});

test("F269 a worker that is killed after any step leaves the rest to the next one, and no source keeps an example", {
  timeout: 120_000,
}, async () => {
  const setting = await open();
  const { client, link, startIntake, startWorker, sendBoth, erase, untilDone } = setting;
  await startIntake();
  let worker = await startWorker();
  for (let round = 0; round < 3; round++) await sendBoth();
  await fetch(`${link.intakeUrl}/v1/track`, {
    method: "POST",
    body: JSON.stringify({ writeKey: link.writeKey, userId: person.id, properties: { title: person.trait } }),
  });
  const pages = await createSourceStore(client).create({
    name: "Pages",
    kind: "browser",
    connections: [link.connection.id],
    writeKey: "key-of-pages",
  });
  if (!pages.ok) throw new Error("not made");
  const sendFromPages = () =>
    fetch(`${link.intakeUrl}/v1/track`, {
      method: "POST",
      body: JSON.stringify({ writeKey: "key-of-pages", userId: person.id }),
    });
  await waitFor(async () => (await sendFromPages()).status === 400, {
    what: "the intake to know the source",
  });
  const sourceIds = [link.connection.id, pages.source.id];
  const examplesOf = async (sourceId: string) => JSON.stringify(await readRefused(client, sourceId));
  for (const sourceId of sourceIds) {
    await waitFor(async () => (await examplesOf(sourceId)).includes(person.id), {
      what: "an example of a refused call",
    });
  }
  await waitFor(() => link.destination.arrived.length === 9, { what: "the first calls" });
  await worker.process.kill("SIGTERM");
  for (let round = 0; round < 3; round++) await sendBoth();
  const id = await erase();
  const steps = ["version", "sweptAtMs", "archivedAtMs", "sentAtMs", "compactedAtMs"] as const;
  for (const step of steps) {
    worker = await startWorker();
    const isDone = async () => (await readPart(client, link.connection.id, id))[step] !== undefined;
    await waitFor(isDone, { what: step, timeoutMs: 30_000, pollMs: 1 });
    await worker.process.kill("SIGKILL");
  }
  await startWorker();
  const receipt = await untilDone(id);
  for (const sourceId of sourceIds) {
    expect(await examplesOf(sourceId)).toContain('"reason":"no-name"');
    expect(await examplesOf(sourceId)).toContain('"examples":[]');
  }
  expect(receipt.connections).toMatchObject([
    { keys: { id: 1, email: 1 }, removed: { waiting: expect.any(Number), archived: expect.any(Number) } },
  ]);
  await waitFor(async () => (await setting.findPerson()).length === 0, { what: "nothing of the person" });
  await waitFor(async () => (await setting.account()).waiting === 0, { what: "the queue" });
  expect(await setting.account()).toMatchObject({ received: 18, delivered: 12, skipped: 6, rejected: 0 });
  expect(setting.arrived().notes).toBe(6);
  expect(setting.arrived().last).toContain("delete");
});
