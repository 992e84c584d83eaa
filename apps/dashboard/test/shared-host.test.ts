import { readFile } from "node:fs/promises";
import { findInFiles, findInRedis, freePort, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openTab, startBrowser } from "./browser.ts";
import { secretKey } from "./dashboard-for-tests.ts";
import { startIssuer } from "./issuer.ts";
import { keys, startRouter } from "./router-for-tests.ts";
import { startSharedHost } from "./shared-host.ts";

test("under a path, through a login service, the audit log names the user for each action, and no line has the API key", async () => {
  const port = await freePort();
  await using host = await startSharedHost({ dashboardPort: port });
  const { origin, url } = host;
  await using issuer = await startIssuer({
    users: { zoe: ["operator"] },
    redirectUri: `${url}/login/callback`,
  });
  const { issuer: issuerUrl, clientId, clientSecret } = issuer;
  await using router = await startRouter({
    port,
    secretKey,
    password: undefined,
    dashboardUrl: url,
    trustProxy: ["loopback"],
    openId: {
      ...{ issuer: issuerUrl, clientId, clientSecret, scope: "openid profile", dashboardUrl: url },
      ...{ roleClaim: "roles", operatorRole: "operator", readerRole: "reader" },
    },
  });
  const { dashboard, sandbox, trackUrl, send } = router;
  const browser = await startBrowser();
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  await using tab = await openTab(browser);
  const { page } = tab;
  const astray: string[] = [];
  page.on("request", (request) => {
    const asked = request.url();
    if (asked.startsWith(origin) && !asked.startsWith(`${url}/`)) astray.push(asked);
  });
  const press = (name: string | RegExp) => page.getByRole("button", { name }).click();
  const follow = (name: string | RegExp) => page.getByRole("link", { name }).first().click();

  await page.goto(`${url}/messages`);
  await follow("Log in with your account");
  await page.locator("input[name=login]").fill("zoe");
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button").first().click();
  await press("Continue");
  await page.waitForURL(`${url}/messages`);
  // The issuer's own page asks for a font from elsewhere, and for an icon that it has not.
  tab.complaints.length = 0;

  await follow("Connections");
  await follow("Create a connection");
  await page.getByLabel("Name").fill("Shop");
  await page.getByLabel("Site ID").fill(keys.siteId);
  await page.getByLabel("API Key").fill(keys.apiKey);
  await page.getByText("Write key and settings").click();
  await page.getByLabel("Custom URL").fill(trackUrl);
  await press("Test the keys");
  await page.getByText("The keys are valid.").waitFor();
  await press("Save");
  await follow("Connection Shop");
  await press("Pause");
  await page.getByText("Paused by zoe (page)").waitFor();
  await press("Resume");
  await page.getByRole("button", { name: "Pause" }).waitFor();

  const events = ["Retried", "Edited", "Discarded", "Retried in Bull Board"];
  sandbox.faults.set({ faults: [{ names: events, refuse: { message: "No such event" } }] });
  const [{ id = "", writeKey = "" } = {}] = await dashboard.store.list();
  await follow("Messages");
  await page.getByRole("button", { name: "Live" }).waitFor();
  for (const event of events) await send(writeKey, "track", { userId: "u", event });
  const queue = dashboard.backend.queue(id);
  await waitFor(async () => (await queue.getFailedCount()) === events.length, { what: "them to fail" });
  sandbox.faults.clear();
  const retried = page
    .locator("tr[data-message]", { hasText: "Rejected" })
    .filter({ hasText: /Retried(?! in)/ });
  await retried.getByRole("link").first().click();
  await press("Retry");
  const open = async (event: string) => {
    await page.goto(`${url}/messages?event=${event}`);
    await page.locator("tr[data-message]").getByRole("link").first().click();
  };
  await open("Edited");
  await follow("Edit and send");
  const text = page.getByLabel("Message, as JSON");
  await text.fill((await text.inputValue()).replace('"Edited"', '"Corrected"'));
  await press(/^Send$/);
  await open("Discarded");
  await follow("Discard");
  await press(/^Discard/);
  await page.goto(`${url}/failed?connection=${id}`);
  const download = page.waitForEvent("download");
  await follow(/^Export/);
  const exported = await readFile(await (await download).path(), "utf8");
  expect(exported.trim().split("\n")).toHaveLength(1);

  await page.getByText("More", { exact: true }).click();
  await follow("Bull Board");
  await follow(/^Shop/);
  await page.goto(`${url}/queues/queue/Shop?status=failed`);
  await press(/retry all/i);
  await press("Confirm");
  await waitFor(async () => (await queue.getFailedCount()) === 0, { what: "Bull Board's retry" });
  await page.goto(`${url}/`);
  await press("Log out");
  await page.waitForURL(`${url}/login`);

  await follow("Log in with your account");
  await page.waitForURL(`${url}/`);
  await page.getByText("More", { exact: true }).click();
  await follow("Audit log");
  const rows = await page.locator("table.audit tbody tr").all();
  const told = await Promise.all(
    rows.map(async (row) => {
      const [user, via] = (await row.locator("td[data-label=User]").innerText()).split("\n");
      return `${user} (${via}): ${(await row.locator("th").innerText()).split("\n")[0]?.trim()}`;
    }),
  );
  expect(told).toEqual([
    "zoe (page, 127.0.0.1): Logged in",
    "zoe (page, 127.0.0.1): Logged out",
    "zoe (Bull Board, 127.0.0.1): Retried messages of Shop",
    "zoe (page, 127.0.0.1): Exported messages of Shop",
    "zoe (page, 127.0.0.1): Discarded messages of Shop",
    "zoe (page, 127.0.0.1): Edited messages of Shop",
    "zoe (page, 127.0.0.1): Retried messages of Shop",
    "zoe (page, 127.0.0.1): Resumed the connection Shop",
    "zoe (page, 127.0.0.1): Paused the connection Shop",
    "zoe (page, 127.0.0.1): Created the connection Shop",
    "zoe (page, 127.0.0.1): Logged in",
  ]);
  const lines = (await (await page.request.get(`${url}/audit/export`)).text()).trim().split("\n");
  expect(lines).toHaveLength(told.length);
  expect(lines.join("\n")).toContain('["apiKey",null,"(secret)"]');
  const written = [
    ...[...lines, exported, await page.content()],
    ...[dashboard.log, router.worker.output, router.intake.output],
  ];
  expect(written.filter((each) => each.includes(keys.apiKey))).toEqual([]);
  expect(await findInFiles(host.folder, [keys.apiKey])).toEqual([]);
  // What is beside the key shows that all is looked through, jobs too.
  const beside = await findInRedis(dashboard.redis, [keys.apiKey, keys.siteId, "Corrected"]);
  expect(beside.filter((each) => each.endsWith(keys.apiKey))).toEqual([]);
  expect(beside.filter((each) => each.endsWith(keys.siteId))).not.toEqual([]);
  expect(beside.filter((each) => each.endsWith("Corrected"))).not.toEqual([]);
  expect(astray).toEqual([]);
  expect(tab.complaints).toEqual([]);
});
