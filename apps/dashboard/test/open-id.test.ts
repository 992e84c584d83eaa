import { freePort } from "@customerio-router/fixtures";
import { readActions } from "@customerio-router/reports";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startBrowser } from "./browser.ts";
import { type DashboardForTests, secretKey, startDashboard } from "./dashboard-for-tests.ts";
import { startIssuer } from "./issuer.ts";

const users = { zoe: ["operator"], ray: ["staff", "reader"], guest: ["staff"] };
const token = "an API token for tests";

/** A dashboard without a password, whose users an issuer knows. */
async function openSetting() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const opened = new AsyncDisposableStack();
  const { issuer, clientId, clientSecret } = opened.use(
    await startIssuer({ users, redirectUri: `${url}/login/callback` }),
  );
  const dashboard = opened.use(
    await startDashboard({
      port,
      secretKey,
      password: undefined,
      apiToken: token,
      openId: {
        ...{ issuer, clientId, clientSecret, scope: "openid profile", dashboardUrl: url },
        ...{ roleClaim: "roles", operatorRole: "operator", readerRole: "reader" },
      },
    }),
  );
  const browser = await startBrowser();
  opened.defer(() => browser.close());
  return {
    dashboard,
    /** Somebody with a browser of their own. */
    newPage: async () => (await browser.newContext()).newPage(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function logIn(page: Page, dashboard: DashboardForTests, user: string): Promise<void> {
  await page.goto(`${dashboard.url}/audit`);
  await page.getByRole("link", { name: "Log in with your account" }).click();
  await page.locator("input[name=login]").fill(user);
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button").first().click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("users log in by OpenID Connect with the role their claim gives them, and the audit log names them", async () => {
  await using setting = await openSetting();
  const { dashboard, newPage } = setting;
  const { connection } = (await dashboard.store.create({
    ...{ name: "Shop", siteId: "site", apiKey: "hunter2-api-key", region: "us" },
  })) as { connection: { id: string } };
  const zoe = await newPage();
  await logIn(zoe, dashboard, "zoe");
  await zoe.waitForURL(`${dashboard.url}/audit`);
  await zoe.goto(`${dashboard.url}/connections/${connection.id}`);
  await zoe.getByRole("button", { name: "Pause" }).click();
  expect(await zoe.locator("main").textContent()).toContain("Paused by zoe (page)");

  const ray = await newPage();
  await logIn(ray, dashboard, "ray");
  await ray.waitForURL(`${dashboard.url}/audit`);
  await ray.goto(`${dashboard.url}/connections/${connection.id}`);
  expect(await ray.getByRole("button", { name: "Resume" }).count()).toBe(0);

  const guest = await newPage();
  await logIn(guest, dashboard, "guest");
  await guest.getByText("guest has no role here").waitFor();

  // She ends his session, and his next step leads to the login.
  await zoe.goto(`${dashboard.url}/sessions`);
  await zoe.getByRole("button", { name: "End the session of ray" }).click();
  await ray.reload();
  expect(new URL(ray.url()).pathname).toBe("/login");
  const told = [];
  for await (const { action, by } of readActions(dashboard.redis, {})) told.push(`${by.user} ${action}`);
  expect(told).toEqual(["zoe session.end", "ray login", "zoe connection.pause", "zoe login"]);
  expect(dashboard.log).not.toMatch(/hunter2|code=/);
});

test("a login that was begun elsewhere, or that the issuer does not confirm, is refused", async () => {
  await using setting = await openSetting();
  const { dashboard } = setting;
  const visitor = dashboard.visitor();
  expect((await visitor.get("/login/callback?code=c&state=s")).status).toBe(400);
  const begun = await visitor.get("/login/issuer?next=//evil.example/");
  expect(begun.status).toBe(303);
  const asked = new URL(begun.location ?? "");
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    redirect_uri: `${dashboard.url}/login/callback`,
  });
  const state = asked.searchParams.get("state");
  for (const query of [`code=c&state=${state}`, "code=c&state=another", "error=access_denied"]) {
    expect((await dashboard.visitor().get(`/login/callback?${query}`)).status).toBe(400);
  }
  expect((await visitor.get(`/login/callback?code=c&state=${state}`)).status).toBe(401);
  expect((await visitor.get("/")).status).toBe(303);
});
