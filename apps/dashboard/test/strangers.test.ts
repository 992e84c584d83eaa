import { request } from "node:http";
import { waitFor } from "@customerio-router/fixtures";
import { createLogger } from "@customerio-router/service";
import { expect, onTestFinished, test } from "vitest";
import { createDashboard } from "../src/dashboard.ts";
import { type DashboardForTests, input, password, startDashboard } from "./dashboard-for-tests.ts";
import { createVisitor } from "./visitor.ts";

/** With Node's own client, because fetch lets nobody name the host. */
function statusOf(url: string, headers: Record<string, string>, method = "GET") {
  return new Promise<number | undefined>((resolve, reject) => {
    request(url, { method, headers }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    })
      .on("error", reject)
      .end();
  });
}

test("F152 without a password no forwarded header opens the dashboard to a page that was rebound", async () => {
  await using dashboard = await startDashboard({ password: undefined, trustProxy: ["loopback"] });
  const { url } = dashboard;
  const host = new URL(url).host;
  const page = { host: "rebound.example:3001", "x-forwarded-host": "localhost" };
  expect(await statusOf(url, page)).toBe(403);
  expect(await statusOf(`${url}/connections`, { ...page, origin: "http://localhost" }, "POST")).toBe(403);
  expect(await statusOf(url, { host: "rebound.example:3001", forwarded: "host=localhost" })).toBe(403);
  for (const name of ["x-forwarded-host", "x-forwarded-for", "x-forwarded-proto", "forwarded"]) {
    expect(await statusOf(url, { host, [name]: "localhost" })).toBe(403);
  }
  expect(await statusOf(url, { host })).toBe(200);
  expect(await statusOf(url, { host: "localhost:3001" })).toBe(200);
});

test("F153 an origin counts as the dashboard's own by what it means, not by its spelling", async () => {
  await using dashboard = await startDashboard({ trustProxy: ["loopback"] });
  const login = (headers: Record<string, string>) => statusOf(`${dashboard.url}/logout`, headers, "POST");
  const own = 303;
  expect(await login({ origin: "https://dash.example", host: "dash.example:443" })).toBe(own);
  expect(await login({ origin: "https://dash.example", "x-forwarded-host": "dash.example:443" })).toBe(own);
  expect(await login({ origin: "http://dash.example", host: "dash.example:80" })).toBe(own);
  expect(await login({ origin: "https://dash.example", host: "DASH.example" })).toBe(own);
  expect(await login({ origin: "https://dash.example", host: "dash.example:80" })).toBe(403);
  expect(await login({ origin: "http://dash.example", host: "dash.example:443" })).toBe(403);
  expect(await login({ origin: "https://dash.example:8443", host: "dash.example" })).toBe(403);
  const crossSite = { origin: "https://dash.example", host: "dash.example", "sec-fetch-site": "cross-site" };
  expect(await login(crossSite)).toBe(403);
});

test("F218 a dashboard with a password shows its metrics to METRICS_TOKEN alone, without one to this machine", async () => {
  const metricsToken = "metrics-token-of-the-tests";
  const bearer = { authorization: `Bearer ${metricsToken}` };
  await using closed = await startDashboard();
  expect(await statusOf(`${closed.url}/metrics`, {})).toBe(401);
  expect((await (await closed.operator()).get("/metrics")).status).toBe(401);
  await using opened = await startDashboard({ metricsToken });
  expect(await statusOf(`${opened.url}/metrics`, {})).toBe(401);
  expect(await statusOf(`${opened.url}/metrics`, { ...bearer, "x-forwarded-for": "203.0.113.9" })).toBe(200);
  expect(await statusOf(`${opened.url}/api/connections`, bearer)).toBe(401);
  await using local = await startDashboard({ password: undefined });
  await local.store.create(input({ name: 'Shop "\\\n', apiKey: "track-key-1" }));
  const text = await (await fetch(`${local.url}/metrics`)).text();
  expect(text).toMatch(/^customerio_router_connection_info\{connection="\w+",name="Shop \\"\\\\"\} 1$/m);
  expect(await statusOf(`${local.url}/metrics`, { "x-forwarded-for": "203.0.113.9" })).toBe(403);
});

/** Another process of the same dashboard, on the same Redis with the same passwords. */
async function another({ redis, health, store }: DashboardForTests): Promise<string> {
  const logger = createLogger({ name: "other", level: "silent" });
  const dashboard = await createDashboard({ redis, health, store, logger, password });
  onTestFinished(() => dashboard[Symbol.asyncDispose]());
  return dashboard.listen({ host: "127.0.0.1", port: 0 });
}

async function sessionCookie({ visitor }: DashboardForTests): Promise<string> {
  const { headers } = await visitor().submit("/login", { password });
  const [cookie = ""] = (headers.get("set-cookie") ?? "").split(";");
  return cookie;
}

test("F155 a session that was logged out is over on the server, on every dashboard and after a restart", async () => {
  await using dashboard = await startDashboard();
  const [cookie, kept] = [await sessionCookie(dashboard), await sessionCookie(dashboard)];
  const other = createVisitor(await another(dashboard));
  expect((await other.get("/", { cookie })).status).toBe(200);
  expect((await dashboard.visitor().submit("/logout", {}, { cookie })).status).toBe(303);

  expect((await dashboard.visitor().get("/", { cookie })).status).toBe(303);
  expect((await other.get("/", { cookie })).status).toBe(303);
  expect((await createVisitor(await another(dashboard)).get("/", { cookie })).status).toBe(303);
  expect((await dashboard.visitor().get("/", { cookie: kept })).status).toBe(200);

  const [key = "", ...more] = await dashboard.redis.keys("*ended-session*");
  expect(more).toEqual([]);
  const twelveHoursMs = 12 * 60 * 60 * 1000;
  const leftMs = await dashboard.redis.pttl(key);
  expect(leftMs).toBeGreaterThan(twelveHoursMs - 600_000);
  expect(leftMs).toBeLessThanOrEqual(twelveHoursMs);
});

test("F155 a logout while Redis is away ends the session here, and says what it could not do", async () => {
  await using dashboard = await startDashboard();
  const cookie = await sessionCookie(dashboard);
  await dashboard.server.kill("SIGKILL");
  await waitFor(async () => (await dashboard.visitor().get("/readyz")).status === 503, {
    what: "readyz to say that Redis is away",
  });
  expect((await dashboard.visitor().submit("/logout", {}, { cookie })).status).toBe(303);
  expect((await dashboard.visitor().get("/", { cookie })).status).toBe(303);
  expect(dashboard.log).toContain("the session ended only on this dashboard");
});

test("F157 beside the snippet for websites stands what its write key lets others do", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const { text } = await (await dashboard.operator()).get(`/connections/${id}`);
  expect(text).toContain("Everybody who opens the page can read this write key");
});
