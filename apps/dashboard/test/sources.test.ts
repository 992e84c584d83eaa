import { createSourceStore, type ShownSource } from "@customerio-router/connections";
import { connectionKeys, formatVersion } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";

async function start(options: Parameters<typeof startDashboard>[0] = {}) {
  const resources = new AsyncDisposableStack();
  const dashboard = resources.use(await startDashboard(options));
  const sources = createSourceStore(dashboard.redis);
  return {
    dashboard,
    sources,
    operator: await dashboard.operator(),
    /** The source of this name. */
    async named(name: string): Promise<ShownSource> {
      const found = (await sources.list()).find((source) => source.name === name);
      if (!found) throw new Error(`no source ${name}`);
      return found;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

test("a source is made, shown, edited, paused, resumed and deleted", async () => {
  await using context = await start();
  const { dashboard, sources, operator, named } = context;
  const { id: shop } = await dashboard.store.ensure(input());
  const made = await operator.submit("/sources", {
    name: "Pages",
    kind: "browser",
    origins: "https://Shop.example/\r\n\r\nhttp://localhost:3000\r\n",
    [`connections.${shop}`]: "on",
    messagesPerSecond: "",
    writeKey: "",
  });
  const { id, writeKeys, ...pages } = await named("Pages");
  expect(made).toMatchObject({ status: 303, location: `/sources/${id}` });
  const origins = ["https://shop.example", "http://localhost:3000"];
  expect(pages).toMatchObject({ kind: "browser", origins, connections: [shop], messagesPerSecond: null });

  const page = async (path = "") => (await operator.get(`/sources${path}`)).text;
  expect(await page()).toMatch(new RegExp(`href="/sources/${id}">Pages<[^]*https://shop.example, http`));
  const shown = await page(`/${id}`);
  expect(shown).toContain(`href="/connections/${shop}">Shop</a>`);
  expect(shown).toContain(`-u &#39;${writeKeys[0]?.key}:&#39;`);
  expect(shown).toContain("In the head of every web page");
  expect(shown).not.toContain("From Node");
  expect(await page(`/${id}/edit`)).toContain(`name="connections.${shop}" checked`);

  const changes = { name: "Server", kind: "server", origins: "", messagesPerSecond: "50" };
  expect((await operator.submit(`/sources/${id}`, changes)).status).toBe(303);
  expect(await sources.get(id)).toMatchObject({
    name: "Server",
    origins: [],
    connections: [],
    messagesPerSecond: 50,
    state: "no-connection",
    writeKeys,
  });
  expect(await page(`/${id}`)).toContain("From Node");
  expect(await page(`/${id}`)).toContain("No connection");

  await operator.submit(`/sources/${id}/pause`, {});
  expect(await sources.get(id)).toMatchObject({ state: "paused" });
  expect(await page(`/${id}`)).toContain(
    "Its calls are acknowledged, counted and dropped until you resume it.",
  );
  await operator.submit(`/sources/${id}/resume`, {});
  expect(await sources.get(id)).toMatchObject({ paused: false });

  expect(await page(`/${id}/remove`)).toContain(String(writeKeys[0]?.key));
  expect(await operator.submit(`/sources/${id}/remove`, {})).toMatchObject({ location: "/sources" });
  expect(await sources.get(id)).toBeUndefined();
  expect((await operator.get(`/sources/${id}`)).status).toBe(404);
  expect((await operator.submit(`/sources/${id}`, changes)).status).toBe(404);
});

test("what is wrong with a source is said at its field, and what was filled in stays", async () => {
  await using context = await start();
  const { dashboard, sources, operator } = context;
  const { id: shop } = await dashboard.store.ensure(input());
  const form = {
    name: "shop",
    kind: "browser",
    origins: "https://shop.example/path\nhttps://good.example",
    [`connections.${shop}`]: "on",
    messagesPerSecond: "fast",
    writeKey: "my own",
  };
  for (const path of ["/sources", `/sources/${shop}`]) {
    const { status, text } = await operator.submit(path, form);
    expect(status).toBe(422);
    expect(text).toContain("https://shop.example/path\nhttps://good.example</textarea>");
    expect(text).toMatch(
      /id="origins"[\s\S]*class="problem">An origin is the beginning of a page&#39;s address/,
    );
    expect(text).toMatch(/id="messagesPerSecond"[\s\S]*class="problem">The limit must be a whole number/);
    expect(text).toContain(`name="connections.${shop}" checked`);
  }
  const fine = { origins: "https://good.example", messagesPerSecond: "5", writeKey: "key-1" };
  const bad = { ...form, ...fine, kind: "server" };
  expect((await operator.submit("/sources", bad)).text).toContain(
    "Only a source of kind browser has origins",
  );
  const taken = await operator.submit("/sources", { ...bad, kind: "browser" });
  expect(taken.text).toMatch(/id="name"[\s\S]*class="problem">Another source has this name\./);
  expect(taken.text).toContain('value="key-1"');
  const gone = await operator.submit("/sources", { name: "Other", kind: "server", "connections.c404": "on" });
  expect(gone.text).toMatch(/<legend>Feeds<[\s\S]*class="problem">There is no such connection/);
  expect(await sources.list()).toMatchObject([{ id: shop, kind: "browser", origins: [] }]);
});

test("a write key is added, the other one retired after a question, and the last one stays", async () => {
  await using context = await start();
  const { sources, operator } = context;
  const made = await sources.create({ name: "App", kind: "mobile", writeKey: "first-key" });
  if (!made.ok) throw new Error("not made");
  const { id, writeKeys } = made.source;
  const path = `/sources/${id}`;
  expect((await operator.get(path)).text).not.toContain("Retire");
  const again = await operator.submit(`${path}/write-keys`, { key: "first-key" });
  expect([again.status, again.text]).toEqual([
    422,
    expect.stringMatching(/value="first-key"[\s\S]*class="problem">This source has this write key already\./),
  ]);
  expect(await operator.submit(`${path}/write-keys`, { key: "" })).toMatchObject({ location: path });
  const keys = (await sources.get(id))?.writeKeys ?? [];
  expect(keys).toMatchObject([{ key: "first-key" }, { key: expect.stringMatching(/^wk_/) }]);
  const { text } = await operator.get(path);
  expect(text).toContain(`-u &#39;${keys[1]?.key}:&#39;`);
  expect(text).not.toContain("Add a write key");

  const retire = `${path}/write-keys/${writeKeys[0]?.id}/retire`;
  expect((await operator.get(retire)).text).toContain("<code>first-key</code>, never used");
  expect(await operator.submit(retire, {})).toMatchObject({ status: 303, location: path });
  expect((await sources.get(id))?.writeKeys).toEqual(keys.slice(1));
  const last = await operator.submit(`${path}/write-keys/${keys[1]?.id}/retire`, {});
  expect([last.status, last.text]).toEqual([422, expect.stringContaining("A source needs a write key")]);
  expect((await operator.get(retire)).status).toBe(404);
});

test("who may only look sees sources, and neither their actions nor their forms", async () => {
  await using context = await start({ readOnlyPassword: "only looking" });
  const { dashboard, sources } = context;
  const { id } = await dashboard.store.ensure(input());
  const added = await sources.addWriteKey(id);
  if (!added?.ok) throw new Error("not added");
  const viewer = dashboard.visitor();
  await viewer.submit("/login", { password: "only looking" });
  for (const path of ["/sources", `/sources/${id}`]) {
    const { status, text } = await viewer.get(path);
    const content = text.slice(text.indexOf("<main"));
    expect([status, content]).toEqual([200, expect.stringContaining("Shop")]);
    expect(content).not.toMatch(/<form|\/edit"|\/remove"|\/retire"|\/new"/);
  }
  const key = `/sources/${id}/write-keys/${added.writeKey.id}/retire`;
  for (const path of ["/sources/new", `/sources/${id}/edit`, `/sources/${id}/remove`, key]) {
    expect([path, (await viewer.get(path)).status]).toEqual([path, 403]);
  }
  for (const path of ["/sources", `/sources/${id}`, `/sources/${id}/pause`, key]) {
    expect([path, (await viewer.submit(path, { name: "X" })).status]).toEqual([path, 403]);
  }
  expect(await sources.list()).toMatchObject([{ id, name: "Shop", paused: false }]);
});

test("an edit keeps feeding a connection whose record cannot be read", async () => {
  await using context = await start();
  const { dashboard, sources, operator } = context;
  const { id: shop } = await dashboard.store.ensure(input());
  const made = await sources.create({ name: "Pages", kind: "browser", connections: [shop] });
  if (!made.ok) throw new Error("not made");
  await dashboard.redis.hset(connectionKeys.records, shop, "{}");
  const { id } = made.source;
  expect((await operator.get(`/sources/${id}`)).text).toContain(`href="/connections/${shop}">${shop}</a>`);
  await operator.submit(`/sources/${id}`, { name: "Renamed", kind: "browser" });
  expect(await sources.get(id)).toMatchObject({ name: "Renamed", connections: [shop] });
});

test("F268 a connection's page says when every source that feeds it is paused", async () => {
  await using context = await start();
  const { dashboard, sources, operator } = context;
  const { id } = await dashboard.store.ensure(input());
  const page = async () => (await operator.get(`/connections/${id}`)).text;
  const other = await sources.create({ name: "Pages", kind: "browser", connections: [id] });
  if (!other.ok) throw new Error("not made");
  await sources.update(id, { paused: true });
  expect(await page()).not.toContain("Source paused");
  await sources.update(other.source.id, { paused: true });
  expect(await page()).toContain("Source paused");
  expect(await page()).toContain("Every source that feeds this connection is paused");
});

test("F290 before the upgrade a page and the API refuse what the version before cannot handle", async () => {
  await using context = await start({ apiToken: "a token of the tests" });
  const { dashboard, sources, operator } = context;
  await dashboard.store.ensure(input());
  await dashboard.redis.set(connectionKeys.format, formatVersion - 1);
  const asked = "run `npm run cli -- upgrade`";
  const page = await operator.submit("/sources", { name: "Pages", kind: "browser" });
  expect([page.status, page.text]).toEqual([409, expect.stringContaining("npm run cli -- upgrade")]);
  const answer = await fetch(`${dashboard.url}/api/sources`, {
    method: "POST",
    headers: { authorization: "Bearer a token of the tests", "content-type": "application/json" },
    body: JSON.stringify({ name: "Pages", kind: "browser" }),
  });
  expect([answer.status, await answer.json()]).toEqual([409, { error: expect.stringContaining(asked) }]);
  expect(await sources.list()).toHaveLength(1);
});
