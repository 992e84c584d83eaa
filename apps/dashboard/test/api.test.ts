import { createSandbox } from "@customerio-router/customerio-sandbox";
import { appendRecords, startCounts } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { input, secretKey, startDashboard } from "./dashboard-for-tests.ts";
import { record } from "./record.ts";

const apiToken = "a token of the tests";

async function start() {
  const resources = new AsyncDisposableStack();
  const sandbox = await createSandbox({ region: "eu", keys: [{ siteId: "site-1", apiKey: "track-key-1" }] });
  resources.defer(() => sandbox.close());
  const trackUrl = await sandbox.start();
  const dashboard = resources.use(await startDashboard({ apiToken, secretKey }));
  const call = async (method: string, path: string, body?: object, token = apiToken) => {
    const response = await fetch(`${dashboard.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: text === "" ? undefined : JSON.parse(text) };
  };
  return { dashboard, trackUrl, call, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test("connections are made, read, changed, tested, paused and deleted by machine", async () => {
  await using context = await start();
  const { dashboard, trackUrl, call } = context;
  const made = await call("POST", "/connections", { ...input(), region: undefined, trackUrl });
  expect(made).toMatchObject({
    status: 201,
    json: { name: "Shop", region: "eu", state: "no-worker" },
  });
  const { id } = made.json;
  expect(made.text).not.toContain("track-key-1");
  expect((await call("GET", "/connections")).json.connections).toMatchObject([
    { id, messagesWaiting: 0, messagesFailed: 0 },
  ]);
  const changes = { name: "Renamed", settings: { attempts: 3 } };
  expect((await call("PATCH", `/connections/${id}`, changes)).json).toMatchObject(changes);
  expect(await call("PATCH", `/connections/${id}`, { apiKey: "wrong", region: "eu" })).toMatchObject({
    status: 422,
    json: { problems: [{ field: "apiKey" }] },
  });
  expect((await call("POST", `/connections/${id}/test`)).json).toMatchObject({ ok: true, region: "eu" });
  expect((await call("POST", `/connections/${id}/pause`)).json.state).toBe("paused");
  expect((await call("POST", `/connections/${id}/resume`)).json.state).toBe("no-worker");
  expect((await call("DELETE", `/connections/${id}`)).status).toBe(204);
  expect((await call("GET", `/connections/${id}`)).status).toBe(404);
  expect(await dashboard.redis.keys(`*{${id}}*`)).toEqual([`customerio-router:gone:{${id}}`]);
});

test("what is wrong with a connection is told by field", async () => {
  await using context = await start();
  const { call } = context;
  const unchecked = await call("POST", "/connections", { ...input(), check: false });
  expect(unchecked.status).toBe(201);
  const { status, json } = await call("POST", "/connections", {
    ...input({ name: "shop", writeKey: "a:b" }),
  });
  expect(status).toBe(422);
  expect(json.problems.map(({ field }: { field: string }) => field)).toEqual(["writeKey"]);
  expect((await call("POST", "/connections", { name: "x" })).status).toBe(400);
});

test("a message is explained by its messageId", async () => {
  await using context = await start();
  const { dashboard, call } = context;
  const { id } = await dashboard.store.ensure(input());
  await appendRecords(dashboard.redis, id, [record("m/1")]);
  const { json } = await call("GET", `/messages/${encodeURIComponent("m/1")}`);
  expect(json.found).toMatchObject([
    {
      connection: { name: "Shop" },
      state: "delivered",
      attempts: [{ status: 200 }],
      explained: { operations: [{ action: "event", name: "Clicked Button" }] },
    },
  ]);
  expect((await call("GET", "/messages/unknown")).status).toBe(404);
});

test("the overview adds up what was counted, point by point", async () => {
  await using context = await start();
  const { dashboard, call } = context;
  const { id } = await dashboard.store.ensure(input());
  const counts = startCounts({ redis: dashboard.redis });
  counts.add(id, "received", 7);
  counts.sample(id, { messagesWaiting: 3, oldestWaitingMs: 50 });
  await counts[Symbol.asyncDispose]();
  for (const [range, points] of [
    ["hour", 60],
    ["day", 96],
  ] as const) {
    const { json } = await call("GET", `/overview?range=${range}`);
    expect(json.points).toHaveLength(points);
    const sum = json.points.reduce((all: number, point: { received: number }) => all + point.received, 0);
    expect(sum).toBe(7);
    expect(json.points.at(-1).messagesWaiting).toBe(3);
    expect(json.redis.nodes).toHaveLength(1);
  }
});

test("sources are made, joined with connections, changed and deleted by machine, and their write keys replaced", async () => {
  await using context = await start();
  const { trackUrl, call } = context;
  const shop = (await call("POST", "/connections", { ...input(), region: undefined, trackUrl })).json;
  expect(shop).toMatchObject({ sources: [shop.id], writeKey: expect.stringMatching(/^wk_/) });
  const origins = ["https://shop.example"];
  const made = await call("POST", "/sources", {
    name: "Pages",
    kind: "browser",
    origins,
    connections: [shop.id],
  });
  expect(made).toMatchObject({
    status: 201,
    json: { name: "Pages", kind: "browser", origins, connections: [shop.id], state: "active" },
  });
  const { id, writeKeys } = made.json;
  expect(writeKeys).toMatchObject([{ key: expect.stringMatching(/^wk_/), lastUsedAt: null }]);
  expect((await call("GET", "/sources")).json.sources).toMatchObject([{ name: "Pages" }, { name: "Shop" }]);

  const added = await call("POST", `/sources/${id}/write-keys`);
  expect(added).toMatchObject({ status: 201, json: { key: expect.stringMatching(/^wk_/) } });
  expect(Object.keys(added.json).sort()).toEqual(["createdAt", "id", "key"]);
  expect((await call("POST", `/sources/${id}/write-keys`, {})).status).toBe(422);
  expect((await call("DELETE", `/sources/${id}/write-keys/${writeKeys[0].id}`)).status).toBe(204);
  expect((await call("DELETE", `/sources/${id}/write-keys/${writeKeys[0].id}`)).status).toBe(404);
  expect((await call("GET", `/sources/${id}`)).json.writeKeys).toMatchObject([{ key: added.json.key }]);

  expect(await call("PUT", `/connections/${shop.id}/sources`, { sources: [id] })).toMatchObject({
    status: 200,
    json: { sources: [id] },
  });
  expect((await call("GET", `/connections/${shop.id}`)).json).toMatchObject({
    sources: [id],
    writeKey: added.json.key,
  });
  expect((await call("PUT", `/connections/${shop.id}/sources`, { sources: ["s404"] })).json).toMatchObject({
    problems: [{ field: "sources" }],
  });
  expect((await call("PUT", "/connections/c404/sources", { sources: [] })).status).toBe(404);
  expect((await call("PATCH", `/sources/${id}`, { paused: true, messagesPerSecond: 5 })).json).toMatchObject({
    paused: true,
    state: "paused",
    messagesPerSecond: 5,
  });
  expect(await call("POST", "/sources", { name: "pages", kind: "fridge", more: 1 })).toMatchObject({
    status: 422,
    json: { problems: [{ field: "kind" }, { field: "more" }] },
  });
  expect((await call("PUT", `/connections/${shop.id}/sources`, {})).status).toBe(422);
  expect(await call("POST", "/sources", { name: "pages", kind: "server" })).toMatchObject({
    status: 422,
    json: { problems: [{ field: "name" }] },
  });
  expect((await call("DELETE", `/sources/${id}`)).status).toBe(204);
  expect((await call("GET", `/sources/${id}`)).status).toBe(404);
  expect((await call("GET", `/connections/${shop.id}`)).json).toMatchObject({ sources: [] });
});

test("OpenAPI describes every path; without the token nothing is given", async () => {
  await using context = await start();
  const { call } = context;
  const { json } = await call("GET", "/openapi.json");
  expect(Object.keys(json.paths).sort()).toEqual([
    "/api/alerts",
    "/api/alerts/channels",
    "/api/alerts/channels/{id}",
    "/api/alerts/channels/{id}/test",
    "/api/alerts/history",
    "/api/alerts/pause",
    "/api/alerts/settings",
    "/api/alerts/silences",
    "/api/alerts/silences/{id}",
    "/api/audit",
    "/api/connections",
    "/api/connections/{id}",
    "/api/connections/{id}/live",
    "/api/connections/{id}/pause",
    "/api/connections/{id}/resume",
    "/api/connections/{id}/rules",
    "/api/connections/{id}/rules/preview",
    "/api/connections/{id}/sources",
    "/api/connections/{id}/test",
    "/api/erasures",
    "/api/erasures/{id}",
    "/api/erasures/{id}/lift",
    "/api/ledger",
    "/api/ledger/check",
    "/api/messages/{messageId}",
    "/api/overview",
    "/api/refused",
    "/api/sources",
    "/api/sources/{id}",
    "/api/sources/{id}/write-keys",
    "/api/sources/{id}/write-keys/{keyId}",
  ]);
  for (const path of ["/openapi.json", "/connections", "/messages/m1", "/overview", "/ledger", "/refused"]) {
    expect((await call("GET", path, undefined, "another token")).status).toBe(401);
  }
});

test("the token opens the API alone, and a session opens the API too", async () => {
  await using context = await start();
  const { dashboard } = context;
  const headers = { authorization: `Bearer ${apiToken}` };
  for (const path of ["/", "/messages", "/queues/api/queues"]) {
    expect((await dashboard.visitor().send("GET", path, { headers })).status).toBe(401);
  }
  expect((await (await dashboard.operator()).get("/api/connections")).status).toBe(200);
});

test("people are erased, and erasures lifted, by machine; receipts and logs do not name them", async () => {
  await using context = await start();
  const { dashboard, call, trackUrl } = context;
  const made = await call("POST", "/connections", { ...input(), region: undefined, trackUrl });
  const asked = await call("POST", "/erasures", { person: "ada-1815", connection: made.json.id });
  expect(asked).toMatchObject({ status: 202, json: { state: "outstanding", connection: made.json.id } });
  const { id } = asked.json;
  expect((await call("GET", `/erasures/${id}`)).json).toMatchObject({ id, connections: [{ name: "Shop" }] });
  expect((await call("GET", "/erasures")).json.erasures).toMatchObject([{ id }]);
  expect((await call("POST", `/erasures/${id}/lift`)).json).toMatchObject({ id, state: "lifted" });
  for (const [person, connection, field] of [
    ["email:nobody", "all", "person"],
    ["ada-1815", "c1", "connection"],
  ]) {
    const refused = await call("POST", "/erasures", { person, connection });
    expect(refused).toMatchObject({ status: 422, json: { problems: [{ field }] } });
  }
  expect((await call("GET", "/erasures/e1")).status).toBe(404);
  expect((await call("POST", "/erasures", { person: "ada", connection: "all" }, "another")).status).toBe(401);
  expect(`${dashboard.log}${JSON.stringify(asked.json)}`).not.toContain("ada-1815");
});
