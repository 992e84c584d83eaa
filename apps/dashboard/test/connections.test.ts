import {
  type ConnectionOverview,
  createConnectionStore,
  createSourceStore,
  listSettings,
} from "@customerio-router/connections";
import { createSandbox } from "@customerio-router/customerio-sandbox";
import { freePort, waitFor } from "@customerio-router/fixtures";
import { countWorkers, createEnqueuer } from "@customerio-router/queue";
import { appendRecords, writeStatus } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { settingLabel } from "../src/connections/form/setting-labels.ts";
import { troubleFirst } from "../src/connections/list/order-connections.ts";
import { input, secretKey, startDashboard } from "./dashboard-for-tests.ts";
import { record } from "./record.ts";

const keys = { siteId: "site-1", apiKey: "track-key-1" };

/** A dashboard with somebody logged in, and a stand-in for Customer.io in the EU. */
async function start(options: Parameters<typeof startDashboard>[0] = {}) {
  const resources = new AsyncDisposableStack();
  const sandbox = await createSandbox({ region: "eu", keys: [keys] });
  resources.defer(() => sandbox.close());
  const trackUrl = await sandbox.start();
  const dashboard = resources.use(await startDashboard(options));
  const operator = await dashboard.operator();
  const form = { name: "Shop", ...keys, trackUrl, region: "" };
  return {
    dashboard,
    operator,
    sandbox,
    trackUrl,
    form,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Of a connection that was made: its set-up comes first. */
function pathOf({ location }: { location: string | null }): string {
  expect(location).toMatch(/^\/connections\/[^/]+\/set-up$/);
  return location?.replace(/\/set-up$/, "") ?? "";
}

test("a connection is made from name and keys alone, its region found, its write key shown", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  const { status, location } = await operator.submit("/connections", form);
  expect(status).toBe(303);
  const [connection] = await dashboard.store.list();
  expect(connection).toMatchObject({ name: "Shop", siteId: "site-1", region: "eu" });
  expect(await dashboard.store.apiKeyOf(connection?.id ?? "")).toBe("track-key-1");
  const { text } = await operator.get(location ?? "");
  expect(text).toContain(`curl http://127.0.0.1:3000/v1/batch -u &#39;${connection?.writeKey}:&#39;`);
  expect(text).toMatch(
    new RegExp(`&lt;script&gt;[^]*&quot;${connection?.writeKey}&quot;[^]*&lt;/script&gt;`),
  );
  expect((await operator.get("/")).text).toContain(`href="${pathOf({ location })}"`);
});

test("what is wrong is said at its field, what was filled in stays, but for the API key", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  await operator.submit("/connections", form);
  const again = await operator.submit("/connections", {
    ...form,
    "settings.attempts": "0",
    "settings.identifyBy": "id",
  });
  expect(again.status).toBe(422);
  expect(again.text).toMatch(
    /<details class="advanced" open>[\s\S]*settings\.attempts[\s\S]*class="problem">Too small/,
  );
  expect(again.text).toContain("Enter the API Key again: the form does not keep it.");
  expect(again.text).toContain('<option value="id" selected>By id alone</option>');
  const taken = await operator.submit("/connections", { ...form, name: "SHOP" });
  expect(taken.text).toContain("Another connection has this name.");
  expect(taken.text).toContain('value="site-1"');
  expect(taken.text).not.toContain("track-key-1");
  expect(await dashboard.store.list()).toHaveLength(1);
});

test("every setting has a name in plain words", () => {
  const unnamed = listSettings().filter(({ name }) => settingLabel(name).label === name);
  expect(unnamed).toEqual([]);
});

test("an edit changes what was filled in, keeps a blank API key, and stores no setting that is as by default", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  const path = pathOf(await operator.submit("/connections", form));
  const { text } = await operator.get(`${path}/edit`);
  expect(text).toContain('name="settings.limiter.max" type="number"');
  const changes = {
    "settings.limiter.max": "50",
    "settings.attempts": "8",
    "settings.destructiveEvents": "true",
    "settings.keepFailed.ageMs": "604800000",
    "settings.keepFailed.bytes": "1500000",
  };
  const edited = await operator.submit(path, { ...form, name: "Renamed", apiKey: "", ...changes });
  expect(edited).toMatchObject({ status: 303, location: path });
  const [connection] = await dashboard.store.list();
  expect(connection).toMatchObject({
    name: "Renamed",
    settings: { limiter: { max: 50 }, destructiveEvents: true },
  });
  expect(await dashboard.store.apiKeyOf(connection?.id ?? "")).toBe("track-key-1");
  const record = await dashboard.redis.hget("customerio-router:{connections}:records", connection?.id ?? "");
  expect(JSON.parse(record ?? "").settings).toEqual({
    limiter: { max: 50 },
    destructiveEvents: true,
    keepFailed: { ageMs: 604_800_000, bytes: 1_500_000 },
  });
  const { text: shown } = await operator.get(path);
  for (const setting of ["limiter.max</code> 50", "ageMs</code> 7 days", "bytes</code> 1.5 MB"])
    expect(shown).toContain(setting);
});

test("an edit is previewed over recorded messages, and nothing of it is saved", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  const path = pathOf(await operator.submit("/connections", form));
  const { id } = (await dashboard.store.list())[0] as { id: string };
  const properties = { soldAt: "2026-01-02T03:04:05Z" };
  const message = { type: "track", messageId: "m1", userId: "u1", event: "Sold", properties };
  await appendRecords(dashboard.redis, id, [record("m1", { message })]);
  const changes = { siteId: "site-2", apiKey: "hunter2-key", "settings.convertDates": "false" };
  const { status, text } = await operator.submit(path, { ...form, ...changes, do: "preview" });
  expect(status).toBe(200);
  expect(text).toContain("Over the last 1 message");
  expect(text).toMatch(/something else than today<\/th><td[^>]*>1</);
  expect(text).toContain('value="site-2"');
  expect(text).toContain("Enter the API Key again");
  expect(text).not.toContain("hunter2");
  expect(await dashboard.store.list()).toMatchObject([
    { siteId: "site-1", settings: { convertDates: true } },
  ]);
  const bad = await operator.submit(path, { ...form, "settings.attempts": "0", do: "preview" });
  expect([bad.status, bad.text]).toEqual([422, expect.stringContaining("settings.attempts")]);
});

test("many connections are searched, in pages and in the order in which people look for names", async () => {
  await using context = await start();
  const { dashboard, operator } = context;
  for (let number = 1; number <= 52; number += 1) {
    await dashboard.store.ensure(input({ name: `Shop ${number}`, siteId: `site-${number}` }));
  }
  const names = async (path: string) =>
    [...(await operator.get(path)).text.matchAll(/<th scope="row"><a [^>]*>([^<]*)</g)].map(
      ([, name]) => name,
    );
  const first = await names("/");
  expect(first).toHaveLength(50);
  expect(first.slice(0, 3)).toEqual(["Shop 1", "Shop 2", "Shop 3"]);
  expect(await names("/?page=2")).toEqual(["Shop 51", "Shop 52"]);
  expect(await names("/?page=99")).toEqual(["Shop 51", "Shop 52"]);
  expect(await names("/?q=shop 5")).toEqual(["Shop 5", "Shop 50", "Shop 51", "Shop 52"]);
  expect(await names("/?q=SITE-7")).toEqual(["Shop 7"]);
  const none = await operator.get("/?q=%22%3E%3Cscript%3E");
  expect(none.text).toContain("0 of 52 connections");
  expect(none.text).not.toContain('<script>"');
});

test("trouble comes first: what needs a person, what does not deliver, what failed", () => {
  const overview = (name: string, state: string, messagesFailed = 0) =>
    ({ connection: { name }, state: { state }, messagesFailed }) as unknown as ConnectionOverview;
  const ordered = troubleFirst([
    overview("well", "active"),
    overview("paused", "paused"),
    overview("failed", "active", 2),
    overview("retrying", "retrying"),
    overview("alone", "no-worker"),
    overview("refused", "keys-refused", 1),
    overview("shadow", "shadow"),
  ]);
  expect(ordered.map(({ connection }) => connection.name)).toEqual([
    ...["refused", "alone", "retrying", "failed", "paused", "well", "shadow"],
  ]);
});

test("a new API key, entered in an edit, is the one that is kept", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  const path = pathOf(await operator.submit("/connections", form));
  expect((await operator.submit(path, { ...form, apiKey: "wrong" })).text).toContain(
    "rejects the keys (401)",
  );
  const another = { ...form, apiKey: "track-key-2", region: "eu" };
  const { status, text } = await operator.submit(path, another);
  expect([status, text]).toEqual([422, expect.stringContaining("rejects the keys (401)")]);
  expect(await dashboard.store.apiKeyOf(path.split("/")[2] ?? "")).toBe("track-key-1");
  expect((await operator.submit(path, { ...another, unchecked: "on" })).status).toBe(303);
  expect(await dashboard.store.apiKeyOf(path.split("/")[2] ?? "")).toBe("track-key-2");
});

test("F222 keys that nobody could check are saved with the tick, which stays in a form with problems", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  const away = { ...form, trackUrl: "http://127.0.0.1:9" };
  expect((await operator.submit("/connections", away)).text).toContain("save the connection unchecked.");
  const { text } = await operator.submit("/connections", { ...away, unchecked: "on" });
  expect(text).toMatch(/Choose the region: .*<input type="checkbox" name="unchecked" checked /s);
  expect(await dashboard.store.list()).toEqual([]);
  await operator.submit("/connections", { ...away, unchecked: "on", region: "eu" });
  expect(await dashboard.store.list()).toMatchObject([{ name: "Shop", region: "eu" }]);
});

test("F267 a new connection is fed by chosen sources, and an edit sets which sources feed it", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  const sources = createSourceStore(dashboard.redis);
  const { id: own } = await dashboard.store.ensure(input({ name: "First" }));
  const made = await sources.create({ name: "Pages", kind: "browser", writeKey: "pages-key" });
  if (!made.ok) throw new Error("not made");
  const { id: pages } = made.source;
  const fedBy = { sources: "chosen", [`sources.${pages}`]: "on" };
  const mistaken = await operator.submit("/connections", { ...form, ...fedBy, name: "first" });
  expect(mistaken.text).toContain(`name="sources.${pages}" checked`);
  const location = pathOf(await operator.submit("/connections", { ...form, ...fedBy }));
  const id = location.split("/").at(-1) ?? "";
  const feeding = async () => (await sources.ofConnection(id)).map((source) => source.id);
  expect(await feeding()).toEqual([pages]);
  expect((await operator.get(location)).text).toContain("-u &#39;pages-key:&#39;");

  const { text } = await operator.get(`${location}/edit`);
  expect(text).toContain(`name="sources.${pages}" checked`);
  expect(text).toContain(`name="sources.${own}">`);
  const edit = (more: object) => operator.submit(location, { ...form, apiKey: "", ...more });
  const gone = await edit({ ...fedBy, name: "Renamed", "sources.s404": "on" });
  expect([gone.status, gone.text]).toEqual([422, expect.stringContaining("was deleted meanwhile")]);
  expect(await dashboard.store.get(id)).toMatchObject({ name: "Shop" });
  await edit({ sources: "chosen", [`sources.${own}`]: "on" });
  expect(await feeding()).toEqual([own]);
  await edit({});
  expect(await feeding()).toEqual([own]);
  await edit({ sources: "chosen" });
  expect(await feeding()).toEqual([]);
  expect((await operator.get(location)).text).toContain(`href="/connections/${id}/edit#fed-by">Choose one`);
  await operator.submit("/connections", { ...form, name: "Third", sources: "chosen" });
  expect(await sources.findByName("Third")).toBeDefined();
});

test("who may only look is shown no form that cannot be saved", async () => {
  await using dashboard = await startDashboard({ readOnlyPassword: "only looking" });
  const { id } = await dashboard.store.ensure(input());
  const viewer = dashboard.visitor();
  await viewer.submit("/login", { password: "only looking" });
  const forms = ["/connections/new", `/connections/${id}/edit`, `/connections/${id}/remove`];
  for (const path of forms) {
    const { status, text } = await viewer.get(path);
    expect([path, status, text]).toEqual([path, 403, expect.stringContaining("read-only access")]);
  }
  expect((await viewer.get(`/connections/${id}`)).status).toBe(200);
});

test.each([
  ["good keys", {}, "The keys are valid. Their workspace is in the EU region."],
  ["a wrong key", { apiKey: "wrong" }, "rejects the keys (401)"],
  ["a wrong region", { region: "us" }, "in the EU region, and you chose US"],
  [
    "an App API key",
    { apiKey: "0123456789abcdef0123456789abcdef", trackUrl: "" },
    "looks like an App API key",
  ],
  ["a blank Site ID", { siteId: " " }, "The Site ID is blank."],
  ["a blank API key", { apiKey: "" }, "The API Key is blank."],
])("the test of the keys says exactly what is with %s", async (_case, fields, message) => {
  await using context = await start();
  const { operator, form } = context;
  const { status, text } = await operator.submit("/connections/test", { ...form, ...fields });
  expect([status, JSON.parse(text)]).toMatchObject([200, { message: expect.stringContaining(message) }]);
});

test("the test of the keys says when nobody answers, or somebody who is not Customer.io", async () => {
  await using context = await start();
  const { operator, form, dashboard } = context;
  const ask = async (trackUrl: string) =>
    (await operator.submit("/connections/test", { ...form, trackUrl })).text;
  expect(await ask(`http://127.0.0.1:${await freePort()}`)).toContain("did not answer");
  expect(await ask(dashboard.url)).toMatch(/rejects the keys|is not Customer\.io's Track API/);
});

test("the test of a saved connection asks with the stored API key", async () => {
  await using context = await start();
  const { operator, form } = context;
  const path = pathOf(await operator.submit("/connections", form));
  const fields = { ...form, apiKey: "", id: path.split("/")[2] ?? "" };
  expect((await operator.submit("/connections/test", fields)).text).toContain("The keys are valid.");
});

test("F33: without the operator's leave no custom URL is asked or stored", async () => {
  await using context = await start({ allowCustomTrackUrl: false });
  const { dashboard, operator, form, sandbox } = context;
  expect((await operator.get("/connections/new")).text).not.toContain("Custom URL");
  for (const path of ["/connections", "/connections/test"]) {
    expect((await operator.submit(path, form)).text).toContain("ALLOW_CUSTOM_TRACK_URL");
  }
  expect(sandbox.requests.size).toBe(0);
  expect(await dashboard.store.list()).toEqual([]);
});

test("pause and resume are the queue's own, and the list says how each connection stands", async () => {
  await using context = await start();
  const { dashboard, operator } = context;
  const { id } = await dashboard.store.ensure(input());
  const state = async () => /class="state ([\w-]+)"/.exec((await operator.get("/")).text)?.[1];
  expect(await state()).toBe("no-worker");
  await countWorkers(dashboard.redis, "worker");
  await writeStatus(dashboard.redis, id, { state: "no-key", why: "The key cannot be read." });
  expect(await state()).toBe("needs-attention");
  expect((await operator.get(`/connections/${id}`)).text).toContain("The key cannot be read.");
  expect(await operator.submit(`/connections/${id}/pause`, {})).toMatchObject({ status: 303 });
  expect(await state()).toBe("paused");
  expect(await dashboard.backend.queue(id).isPaused()).toBe(true);
  await operator.submit(`/connections/${id}/resume`, {});
  expect(await dashboard.backend.queue(id).isPaused()).toBe(false);
});

test("deleting says what waits, and then deletes the connection and its jobs", async () => {
  await using context = await start();
  const { dashboard, operator } = context;
  const { id } = await dashboard.store.ensure(input());
  const queue = dashboard.backend.queue(id);
  await createEnqueuer({ redis: dashboard.redis }).enqueue(
    id,
    [1, 2, 3].map((n) => ({ message: { messageId: `m${n}` } })),
  );
  const { text } = await operator.get(`/connections/${id}/remove`);
  expect(text).toContain("3 messages that wait and 0 messages that failed");
  expect(await dashboard.store.get(id)).toBeDefined();
  expect(await operator.submit(`/connections/${id}/remove`, {})).toMatchObject({
    status: 303,
    location: "/",
  });
  expect(await dashboard.store.list()).toEqual([]);
  await waitFor(
    async () => (await dashboard.redis.keys(`*{${id}}*`)).every((key) => key.includes(":gone:")),
    {
      what: "its keys to be gone",
    },
  );
  await queue.close();
});

test("a connection that is not there is not found, whatever is asked of it", async () => {
  await using context = await start();
  const { operator, form } = context;
  for (const path of [
    "/connections/c0",
    "/connections/c0/edit",
    "/connections/c0/remove",
    "/connections/__proto__",
  ]) {
    expect((await operator.get(path)).status).toBe(404);
  }
  for (const path of ["/connections/c0", "/connections/c0/pause", "/connections/c0/remove"]) {
    expect((await operator.submit(path, form)).status).toBe(404);
  }
});

test("F39: another SECRET_KEY is told at the API key, with what to do", async () => {
  await using context = await start();
  const { dashboard, operator, form } = context;
  const path = pathOf(await operator.submit("/connections", form));
  const id = path.split("/")[2] ?? "";
  await dashboard.redis.hset("customerio-router:{connections}:api-keys", id, "00000000.AAAA");
  const { status, text } = await operator.submit(path, { ...form, apiKey: "" });
  expect([status, text]).toEqual([422, expect.stringContaining("enter the API key again")]);
});

test("F33: without ALLOW_CUSTOM_TRACK_URL no key goes to a custom URL, not even one that was allowed before", async () => {
  await using context = await start({ allowCustomTrackUrl: false });
  const { dashboard, operator, sandbox, trackUrl, form } = context;
  expect((await operator.submit("/connections", form)).text).toContain("ALLOW_CUSTOM_TRACK_URL=true");
  const allowing = createConnectionStore({
    redis: dashboard.redis,
    secretKey,
    allowCustomTrackUrl: true,
  });
  const saved = await allowing.create({ name: "Earlier", ...keys, region: "eu", trackUrl });
  const id = saved.ok ? saved.connection.id : "";
  for (const apiKey of ["", "another-key"]) {
    const tested = await operator.submit("/connections/test", { ...form, id, apiKey });
    expect(JSON.parse(tested.text)).toMatchObject({
      ok: false,
      message: expect.stringContaining("ALLOW_CUSTOM_TRACK_URL=true"),
    });
    expect((await operator.submit(`/connections/${id}`, { ...form, apiKey })).status).toBe(422);
  }
  const requests = await (await fetch(`${sandbox.url}/api/requests`)).text();
  expect(requests).not.toContain("accounts/region");
});
