import { waitFor } from "@customerio-router/fixtures";
import { auditKey } from "@customerio-router/redis";
import { expect, test } from "vitest";
import { type DashboardForTests, secretKey, startDashboard } from "./dashboard-for-tests.ts";

const token = "an API token for tests";
const bearer = { authorization: `Bearer ${token}` };

type Told = {
  action: string;
  by: { user: string; via: string; from: string };
  subject?: { kind: string; id?: string; name?: string };
  changes?: [string, string | null, string | null][];
  details?: { [name: string]: string | number };
};

async function readAudit(dashboard: DashboardForTests, query = ""): Promise<Told[]> {
  const answer = await dashboard.visitor().get(`/api/audit?${query}`, { ...bearer, accept: "*/*" });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.text) as { actions: Told[] }).actions;
}

async function openSetting() {
  const dashboard = await startDashboard({ secretKey, apiToken: token, readOnlyPassword: "readers only" });
  const operator = await dashboard.operator();
  await operator.submit("/connections", {
    name: "Shop",
    siteId: "site",
    apiKey: "hunter2-api-key",
    region: "us",
    unchecked: "on",
  });
  const [connection] = await dashboard.store.list();
  return { dashboard, operator, id: connection?.id ?? "" };
}

test("what is done by page, API and Bull Board is told with who, from where and what changed, and without secrets", async () => {
  const { dashboard, operator, id } = await openSetting();
  await using _ = dashboard;
  const { visitor } = dashboard;
  await visitor().send("PATCH", `/api/connections/${id}`, {
    headers: bearer,
    json: { name: "Store", apiKey: "hunter2-other-key", check: false, settings: { delivery: "shadow" } },
  });
  await operator.submit(`/connections/${id}/pause`, {});
  await waitFor(async () => (await operator.send("PUT", "/queues/api/queues/Store/resume")).status === 200, {
    what: "Bull Board to know the queue",
  });
  await operator.submit("/erasure", { person: "zoe@example.com", connection: id });
  await operator.submit("/logout", {});
  const told = await readAudit(dashboard);
  const store = { kind: "connection", id, name: "Store" };
  expect(told).toMatchObject([
    { action: "logout" },
    { action: "erasure.start" },
    { action: "connection.resume", by: { user: "operator", via: "Bull Board" }, subject: store },
    { action: "connection.pause", by: { user: "operator", via: "page", from: "127.0.0.1" }, subject: store },
    { action: "connection.change", by: { user: "API token", via: "API" }, subject: store },
    { action: "connection.create", by: { user: "operator", via: "page" }, subject: { id, name: "Shop" } },
    { action: "login", by: { user: "operator" } },
  ]);
  expect(told.at(4)?.changes).toEqual(
    expect.arrayContaining([
      ["name", "Shop", "Store"],
      ["settings.delivery", "live", "shadow"],
      ["apiKey", null, "(secret)"],
    ]),
  );
  const stored = JSON.stringify(await dashboard.redis.xrange(auditKey, "-", "+"));
  for (const secret of ["hunter2", "zoe", (await dashboard.store.get(id))?.writeKey ?? "hunter2"])
    expect(stored).not.toContain(secret);
});

test("what is refused or asks only is not told; a reader looks at the log", async () => {
  const { dashboard, operator, id } = await openSetting();
  await using _ = dashboard;
  const before = (await readAudit(dashboard)).length;
  expect((await operator.submit(`/connections/${id}`, { name: "" })).status).toBe(422);
  await operator.submit("/try", { connection: id, call: "{}" });
  const tried = { name: "Shop", siteId: "site", region: "us", do: "preview" };
  expect((await operator.submit(`/connections/${id}`, tried)).status).toBe(200);
  const reader = dashboard.visitor();
  await reader.submit("/login", { password: "wrong" });
  expect(await readAudit(dashboard)).toHaveLength(before);
  await reader.submit("/login", { password: "readers only" });
  expect((await reader.submit(`/connections/${id}/pause`, {})).status).toBe(403);
  expect(await readAudit(dashboard)).toHaveLength(before + 1);
  const page = await reader.get("/audit");
  expect(page.text).toContain("Created the connection");
  expect(page.text).toContain(`href="/connections/${id}">Shop</a>`);
});

test("a paused connection's page says who paused it, whichever way", async () => {
  const { dashboard, operator, id } = await openSetting();
  await using _ = dashboard;
  await dashboard.visitor().send("POST", `/api/connections/${id}/pause`, { headers: bearer });
  expect((await operator.get(`/connections/${id}`)).text).toContain("Paused by API token (API)");
  await operator.submit(`/connections/${id}/resume`, {});
  await dashboard.backend.queue(id).pause();
  expect((await operator.get(`/connections/${id}`)).text).not.toContain("Paused by");
});

test("the log is filtered, paged and exported", async () => {
  const { dashboard, operator, id } = await openSetting();
  await using _ = dashboard;
  for (const turn of ["pause", "resume", "pause"]) await operator.submit(`/connections/${id}/${turn}`, {});
  expect(await readAudit(dashboard, `action=connection.pause&subject=${id}`)).toHaveLength(2);
  expect(await readAudit(dashboard, "action=connection&user=operator")).toHaveLength(4);
  expect(await readAudit(dashboard, "user=nobody")).toEqual([]);
  expect(await readAudit(dashboard, "from=2020-01-01&to=2020-01-02")).toEqual([]);
  const first = await dashboard.visitor().get("/api/audit?limit=3", { ...bearer, accept: "*/*" });
  const { next } = JSON.parse(first.text) as { next: string };
  const rest = await readAudit(dashboard, `before=${next}`);
  expect(rest.map(({ action }) => action)).toEqual(["connection.create", "login"]);
  const bad = await dashboard.visitor().get("/api/audit?from=yesterday", { ...bearer, accept: "*/*" });
  expect(bad.status).toBe(400);
  const exported = await operator.get("/audit/export?action=connection");
  const lines = exported.text.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).action)).toEqual([
    ...["connection.pause", "connection.resume", "connection.pause", "connection.create"],
  ]);
});
