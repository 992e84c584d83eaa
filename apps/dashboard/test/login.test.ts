import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { loginCode, password, startDashboard } from "./dashboard-for-tests.ts";

test("who is not logged in is sent to the login, and from there to the page that was wanted", async () => {
  await using dashboard = await startDashboard();
  const visitor = dashboard.visitor();
  expect(await visitor.get("/queues?a=1")).toMatchObject({
    status: 303,
    location: "/login?next=%2Fqueues%3Fa%3D1",
  });
  expect((await visitor.get("/login?next=%2Fqueues%3Fa%3D1")).text).toContain('value="/queues?a=1"');
  expect(await visitor.submit("/login", { password, next: "/queues?a=1" })).toMatchObject({
    status: 303,
    location: "/queues?a=1",
  });
  expect((await visitor.get("/queues")).status).toBe(200);
});

test.each([
  "/",
  "/connections/new",
  "/connections/c1",
  "/delivery",
  "/delivery.csv",
  "/replay",
  "/queues",
  "/queues/api/queues",
  "/queues/static/css",
  "/unknown",
])("%s shows nothing to who is not logged in", async (path) => {
  await using dashboard = await startDashboard();
  expect((await dashboard.visitor().get(path)).status).toBe(303);
  expect(await dashboard.visitor().send("GET", path)).toMatchObject({
    status: 401,
    text: '{"error":"Log in first."}',
  });
  expect((await dashboard.visitor().send("PUT", path)).status).toBe(401);
});

test("the session's cookie is kept from scripts and other sites, and a changed one counts for nothing", async () => {
  await using dashboard = await startDashboard();
  const cookie = (await dashboard.visitor().submit("/login", { password })).headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Strict/);
  const [pair = ""] = cookie.split(";");
  expect((await dashboard.visitor().get("/", { cookie: pair })).status).toBe(200);
  const longer = pair.replace(/=(\d+)/, (_, until) => `=${Number(until) + 1}`);
  expect((await dashboard.visitor().get("/", { cookie: longer })).status).toBe(303);
});

test("a wrong password is refused, and neither it nor the code is ever logged", async () => {
  await using dashboard = await startDashboard();
  const answer = await dashboard.visitor().submit("/login", { password: "wrong-password" });
  expect(answer).toMatchObject({ status: 401, text: expect.stringContaining("Wrong password.") });
  await dashboard.visitor().get("/login?code=wrong-code");
  await dashboard.visitor().get(`/login?code=${loginCode}`);
  expect(dashboard.log).toContain("a login with a wrong password");
  expect(dashboard.log).not.toMatch(new RegExp(`wrong-password|wrong-code|${loginCode}|${password}`));
});

test("F37: after ten tries in a minute the eleventh is refused, even with the right password", async () => {
  await using dashboard = await startDashboard();
  const visitor = dashboard.visitor();
  for (let tries = 0; tries < 10; tries++) {
    expect((await visitor.submit("/login", { password: `guess ${tries}` })).status).toBe(401);
  }
  const answer = await visitor.submit("/login", { password });
  expect(answer).toMatchObject({ status: 429, text: expect.stringContaining("Too many login attempts") });
  expect((await visitor.get("/")).status).toBe(303);
});

test("the one-time code opens the dashboard once, without a redirect that would lose the cookie", async () => {
  await using dashboard = await startDashboard();
  const first = dashboard.visitor();
  const answer = await first.get(`/login?code=${loginCode}`);
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('<meta http-equiv="refresh" content="0; url=/">');
  expect((await first.get("/")).status).toBe(200);
  expect(await first.get(`/login?code=${loginCode}`)).toMatchObject({ status: 303, location: "/" });

  const second = dashboard.visitor();
  expect(await second.get(`/login?code=${loginCode}`)).toMatchObject({
    status: 401,
    text: expect.stringContaining("This link has been used"),
  });
  expect((await second.get("/")).status).toBe(303);
});

test("the one-time code ends after its time, and without one no code is accepted", async () => {
  await using brief = await startDashboard({ loginCodeValidMs: 0 });
  expect((await brief.visitor().get(`/login?code=${loginCode}`)).status).toBe(401);
  await using none = await startDashboard({ loginCode: undefined });
  for (const code of ["", "undefined", loginCode]) {
    expect((await none.visitor().get(`/login?code=${code}`)).status).toBe(401);
  }
});

test("logging out ends the session", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  expect((await operator.get("/")).text).toContain("Log out");
  expect(await operator.submit("/logout", {})).toMatchObject({ status: 303, location: "/login" });
  expect((await operator.get("/")).status).toBe(303);
});

test.each([
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/.//evil.example",
  "javascript:alert(1)",
])("a login leads to this dashboard only, not to %s", async (next) => {
  await using dashboard = await startDashboard();
  const { location } = await dashboard.visitor().submit("/login", { password, next });
  expect(new URL(location ?? "", dashboard.url).origin).toBe(dashboard.url);
});

test("health is open to everybody, and says when Redis is away", async () => {
  await using dashboard = await startDashboard();
  expect((await dashboard.visitor().get("/livez")).status).toBe(200);
  expect((await dashboard.visitor().get("/readyz")).status).toBe(200);
  const operator = await dashboard.operator();
  await dashboard.server.kill("SIGKILL");
  await waitFor(async () => (await operator.get("/readyz")).status === 503, { what: "readyz to say so" });
  const saysWhy = async () => {
    const pages = await Promise.all([operator.get("/"), operator.get("/readyz")]);
    return pages.every(
      ({ status, text }) => status === 503 && text.includes("Nothing listens at the address"),
    );
  };
  await waitFor(saysWhy, { what: "page and readyz to say the same" });
  await dashboard.server.restart();
  await waitFor(async () => (await operator.get("/")).status === 200, { what: "the dashboard to be back" });
});
