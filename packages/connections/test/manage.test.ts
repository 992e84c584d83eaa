import { createSandbox } from "@customerio-router/customerio-sandbox";
import { createBackend } from "@customerio-router/queue";
import { expect, onTestFinished, test } from "vitest";
import {
  createConnectionStore,
  createSourceStore,
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

test("a region that is left out is found from the keys", async () => {
  const found = await saveNewConnection(open(), await startSandbox());
  expect(found).toMatchObject({ ok: true, connection: { region: "eu" } });
});

test("a new connection is fed by the sources that are chosen for it, and has none of its own", async () => {
  const context = open();
  const sources = createSourceStore(context.redis);
  const made = await sources.create({ name: "Pages", kind: "browser", writeKey: "pages-key" });
  if (!made.ok) throw new Error("not made");
  const { id } = made.source;
  const chosen = { ...(await startSandbox()), sources: [id] };
  expect(await saveNewConnection(context, { ...chosen, writeKey: "own" })).toMatchObject({
    problems: [{ field: "writeKey" }],
  });
  expect(await saveNewConnection(context, { ...chosen, sources: ["s404"] })).toMatchObject({
    problems: [{ field: "sources" }],
  });
  const saved = await saveNewConnection(context, chosen);
  expect(saved).toMatchObject({ ok: true, connection: { writeKey: "pages-key" } });
  expect(await sources.list()).toMatchObject([{ id, connections: [saved.ok && saved.connection.id] }]);
});

test("F222 keys are checked with a region chosen too, unless it is said that they are not to be", async () => {
  const context = open();
  const { trackUrl } = await startSandbox();
  const wrong = input({ region: "eu", trackUrl, apiKey: "wrong" });
  expect(await saveNewConnection(context, wrong)).toMatchObject({
    ok: false,
    problems: [{ field: "apiKey" }],
  });
  const elsewhere = input({ region: "us", trackUrl });
  expect(await saveNewConnection(context, elsewhere)).toMatchObject({ problems: [{ field: "region" }] });
  expect(await context.store.list()).toEqual([]);
  const made = await saveNewConnection(context, { ...wrong, check: false });
  if (!made.ok) throw new Error("not saved");
  const { id } = made.connection;
  expect(await saveConnection(context, id, { siteId: "site-1" })).toMatchObject({
    ok: false,
    problems: [{ field: "apiKey" }],
  });
  expect(await saveConnection(context, id, { name: "Renamed" })).toMatchObject({ ok: true });
  expect(await saveConnection(context, id, { siteId: "other", check: false })).toMatchObject({ ok: true });
  expect(await saveConnection(context, id, { siteId: "site-1", apiKey: "track-key-1" })).toMatchObject({
    connection: { name: "Renamed", siteId: "site-1", region: "eu" },
  });
});

test("without a check a region is needed, and what is wrong with other fields is told before Customer.io is asked", async () => {
  const context = open();
  const { region: _region, ...rest } = input({ trackUrl: "http://127.0.0.1:9" });
  expect(await saveNewConnection(context, { ...rest, check: false })).toMatchObject({
    problems: [{ field: "region", message: expect.stringMatching(/^Choose the region/) }],
  });
  expect(await saveNewConnection(context, { ...rest, name: " ", siteId: "" })).toMatchObject({
    problems: [{ field: "name" }, { field: "siteId" }],
  });
  expect(await saveNewConnection(context, rest)).toMatchObject({
    problems: [{ message: expect.stringMatching(/did not answer.*save the connection unchecked/) }],
  });
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
  const made = await saveNewConnection(context, { ...input({ region: "us", trackUrl }), check: false });
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
  const { siteId, region, trackUrl } = made.connection;
  const renamed = await saveConnection(strict, made.connection.id, {
    name: "Renamed",
    siteId,
    region,
    trackUrl: trackUrl ?? null,
  });
  expect(renamed).toMatchObject({ ok: true, connection: { name: "Renamed" } });
});

test("a connection is paused, resumed and deleted with its queue, and then there is none", async () => {
  const context = open();
  const { redis, store } = context;
  const made = await saveNewConnection(context, { ...input({ region: "us" }), check: false });
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
