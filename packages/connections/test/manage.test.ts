import { createSandbox } from "@customerio-router/customerio-sandbox";
import { createBackend } from "@customerio-router/queue";
import { expect, onTestFinished, test } from "vitest";
import {
  createConnectionStore,
  deleteConnection,
  pauseConnection,
  resumeConnection,
  saveConnection,
  saveNewConnection,
  testConnection,
} from "../src/index.ts";
import { input, redisForTests, secretKey } from "./redis-for-tests.ts";

const tests = redisForTests();

function open({ allowCustomTrackUrl = true } = {}) {
  const { redis } = tests;
  const store = createConnectionStore({ redis, secretKey, allowCustomTrackUrl });
  return { redis, store, allowCustomTrackUrl };
}

/** A stand-in for Customer.io whose workspace is in the EU, and a connection to it but for its region. */
async function startSandbox() {
  const sandbox = await createSandbox({ region: "eu", keys: [{ siteId: "site-1", apiKey: "track-key-1" }] });
  onTestFinished(() => sandbox.close());
  const { region: _region, ...keys } = input();
  return { ...keys, trackUrl: await sandbox.start() };
}

test("a region that is left out is found from the keys, and one that is given is not asked for", async () => {
  const context = open();
  const found = await saveNewConnection(context, await startSandbox());
  expect(found).toMatchObject({ ok: true, connection: { region: "eu" } });
  const given = input({ name: "Other", region: "us", trackUrl: "http://127.0.0.1:9" });
  expect(await saveNewConnection(context, given)).toMatchObject({ ok: true, connection: { region: "us" } });
});

test("wrong keys are a problem at their field, and nothing is stored", async () => {
  const context = open();
  const saved = await saveNewConnection(context, { ...(await startSandbox()), apiKey: "wrong" });
  expect(saved).toMatchObject({ ok: false, problems: [{ field: "apiKey" }] });
  expect(await context.store.list()).toEqual([]);
});

test("a change leaves what it does not name, and finds the region with the stored API key", async () => {
  const context = open();
  const { trackUrl } = await startSandbox();
  const made = await saveNewConnection(context, input({ region: "us", trackUrl }));
  if (!made.ok) throw new Error("not saved");
  const { id, writeKey } = made.connection;
  expect(await testConnection(context, made.connection)).toMatchObject({ ok: false, field: "region" });
  const renamed = await saveConnection(context, id, { name: "Renamed" });
  expect(renamed).toMatchObject({ connection: { name: "Renamed", region: "us", trackUrl, writeKey } });
  const moved = await saveConnection(context, id, { region: null });
  expect(moved).toMatchObject({ connection: { name: "Renamed", region: "eu", trackUrl, writeKey } });
  expect(await saveConnection(context, id, { region: null, apiKey: "wrong" })).toMatchObject({
    ok: false,
    problems: [{ field: "apiKey" }],
  });
  expect(await context.store.apiKeyOf(id)).toBe("track-key-1");
});

test("F33 no key goes to a custom URL that the operator does not allow", async () => {
  const keys = await startSandbox();
  const made = await saveNewConnection(open(), keys);
  if (!made.ok) throw new Error("not saved");
  const strict = open({ allowCustomTrackUrl: false });
  const refused = { ok: false, field: "trackUrl" };
  expect(await testConnection(strict, made.connection)).toMatchObject(refused);
  expect(await saveConnection(strict, made.connection.id, { region: null })).toMatchObject({
    ok: false,
    problems: [refused],
  });
});

test("a connection is paused, resumed and deleted with its queue, and then there is none", async () => {
  const context = open();
  const { redis, store } = context;
  const made = await saveNewConnection(context, input({ region: "us" }));
  if (!made.ok) throw new Error("not saved");
  const { id: connectionId } = made.connection;
  const queue = createBackend(redis).queue(connectionId);
  await pauseConnection({ redis, queue, connectionId });
  expect(await queue.isPaused()).toBe(true);
  await resumeConnection({ redis, queue, connectionId });
  expect(await queue.isPaused()).toBe(false);
  expect(await deleteConnection(context, connectionId)).toBe(true);
  expect(await store.list()).toEqual([]);
  expect(await redis.keys(`*{${connectionId}}*`)).toEqual([`customerio-router:gone:{${connectionId}}`]);
  expect(await deleteConnection(context, connectionId)).toBe(false);
  expect(await saveConnection(context, connectionId, { name: "Other" })).toBeUndefined();
  expect(await saveConnection(context, connectionId, { region: null })).toBeUndefined();
});
