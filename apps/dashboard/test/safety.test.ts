import { expect, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";

const markup = `<script>alert(1)</script><img src=x onerror=alert(1)> "'&`;

test("F36: a writing request from another origin is refused, by every method and on Bull Board too", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const foreign = { origin: "https://evil.example" };
  for (const path of [
    "/connections",
    `/connections/${id}`,
    `/connections/${id}/remove`,
    "/logout",
    "/login",
  ]) {
    expect((await operator.submit(path, {}, foreign)).status).toBe(403);
  }
  for (const method of ["PUT", "POST", "PATCH", "DELETE"]) {
    expect((await operator.send(method, "/queues/api/queues/Shop/pause", { headers: foreign })).status).toBe(
      403,
    );
  }
  expect(
    (await operator.send("PUT", "/queues/api/queues/Shop/pause", { headers: { origin: "null" } })).status,
  ).toBe(403);
  expect(await dashboard.store.get(id)).toBeDefined();
  expect(await dashboard.backend.queue(id).isPaused()).toBe(false);
});

test("F36: a browser that names no origin but another site is refused, and a client that is no browser is not", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const cookie = (await operator.submit("/login", { password: "correct horse battery staple" })).headers;
  const [session = ""] = (cookie.get("set-cookie") ?? "").split(";");
  const pause = (headers: Record<string, string>) =>
    fetch(`${dashboard.url}/connections/${id}/pause`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: session, ...headers },
    });
  expect((await pause({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await pause({})).status).toBe(303);
});

test("every page allows scripts of this server alone, no frames and no outside source", async () => {
  await using dashboard = await startDashboard();
  await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  for (const path of ["/", "/login", "/connections/new", "/queues", "/unknown", "/assets/dashboard.js"]) {
    const { headers } = await operator.get(path);
    const policy = headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self'(;|$)/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
  }
  expect((await operator.get("/queues")).text).not.toContain("https://");
  expect((await operator.get("/")).headers.get("cache-control")).toBe("no-store");
});

test("F35: markup in names, settings and reasons is shown as text on every page", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input({ name: markup, writeKey: `<b>'"&` }));
  const operator = await dashboard.operator();
  const { text: board } = await operator.get("/queues");
  for (const path of ["/", `/connections/${id}`, `/connections/${id}/edit`, `/connections/${id}/remove`]) {
    const { text } = await operator.get(path);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).not.toMatch(/<script>alert|<img src=x|<b>/);
  }
  const answer = await operator.submit("/connections", {
    name: markup,
    siteId: `"><script>`,
    apiKey: "k",
    region: "us",
  });
  expect(answer.status).toBe(422);
  expect(answer.text).not.toMatch(/<script>|<img src=x/);
  expect(board).not.toContain("<script>alert");
});

test("F34: an API key is on no page and in no log", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  const apiKey = "very-secret-api-key";
  const created = await operator.submit("/connections", {
    ...input(),
    apiKey,
    settings: "",
    unchecked: "on",
  });
  const pages = [
    created,
    await operator.submit("/connections", { name: "", siteId: "s", apiKey, region: "us" }),
  ];
  for (const path of [
    "/",
    created.location ?? "",
    created.location?.replace("/set-up", "/edit") ?? "",
    "/queues/api/queues?page=1&jobsPerPage=10",
  ]) {
    pages.push(await operator.get(path));
  }
  expect(pages.map(({ status }) => status)).toEqual([303, 422, 200, 200, 200, 200]);
  for (const { text } of pages) expect(text).not.toContain(apiKey);
  expect(dashboard.log).not.toContain(apiKey);
});

test("F37: without a password it listens for this machine alone, and answers to this machine's names alone", async () => {
  await using dashboard = await startDashboard({ password: undefined });
  expect((await dashboard.visitor().get("/")).status).toBe(200);
  expect((await dashboard.visitor().get("/")).text).not.toContain("Log out");
  const { request } = await import("node:http");
  const status = await new Promise((resolve, reject) => {
    request(dashboard.url, { headers: { host: "rebound.example" } }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(403);
});

test("F10: a Redis that may lose messages is warned of on the first page and in readyz", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  expect((await operator.get("/")).text).not.toContain("maxmemory-policy");
  await dashboard.redis.config("SET", "maxmemory-policy", "allkeys-lru");
  expect((await operator.get("/")).text).toContain("maxmemory-policy is allkeys-lru");
  expect(await operator.get("/readyz")).toMatchObject({
    status: 200,
    text: expect.stringContaining("allkeys-lru"),
  });
});
