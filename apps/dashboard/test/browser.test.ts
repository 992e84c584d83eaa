import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { openArchive, writeLine } from "@customerio-router/archive";
import { createRuleStore, createSourceStore } from "@customerio-router/connections";
import { createSandbox } from "@customerio-router/customerio-sandbox";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { changeReplay, recount, startReplay } from "@customerio-router/queue";
import { countsKey, leaseKey } from "@customerio-router/redis";
import { appendRecords, holdArchiveMark, writeStatus } from "@customerio-router/reports";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTab, startBrowser, type Tab } from "./browser.ts";
import { type DashboardForTests, input, loginCode, password, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { record } from "./record.ts";

const day = "2026-01-02T00:00:00.000Z";
let browser: Browser;

// Two dozen pages, each looked at by axe, take a minute on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

async function logIn({ page }: Tab, { url }: DashboardForTests): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${url}/`);
}

test("the printed link logs in; Bull Board shows the queue by its connection's name, pauses and resumes it", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input({ name: "Shop, production" }));
  const queue = dashboard.backend.queue(id);
  await queue.add("messages", { entries: [{ message: { type: "track", event: "Clicked Button" } }] });
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${dashboard.url}/login?code=${loginCode}`);
  await page.waitForURL(`${dashboard.url}/`);
  await page.getByRole("link", { name: "Queue of Shop, production in Bull Board" }).click();
  await page.getByRole("heading", { name: "Shop, production" }).waitFor();
  expect(await page.getByRole("link", { name: "Shop, production" }).count()).toBeGreaterThan(0);
  for (const action of ["Pause", "Resume"]) {
    await page.locator("button[aria-haspopup=menu]").nth(1).click();
    await page.getByRole("menuitem", { name: action, exact: true }).click();
    await page.getByRole("button", { name: "Confirm" }).click();
    const isPaused = action === "Pause";
    await waitFor(async () => (await queue.isPaused()) === isPaused, { what: `the queue to ${action}` });
  }
  expect(tab.complaints).toEqual([]);
});

test("a failed job's data is edited in Bull Board, and the job retried with it", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const queue = dashboard.backend.queue(id);
  await fail(dashboard, { id, event: "Clickd", reason: "no such event" });
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  await page.goto(`${dashboard.url}/queues/queue/Shop?status=failed`);
  await page.getByText("no such event").first().waitFor();
  // Bull Board names its buttons with pictures alone: retry, duplicate, edit, delete.
  const buttons = page.locator("[class*=jobActions] button, [class*=button-GXX8BV]");
  await buttons.nth(2).click();
  await page.getByRole("dialog").getByRole("textbox").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(JSON.stringify({ entries: [{ message: { event: "Clicked" } }] }));
  await page.getByRole("button", { name: "Update" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await buttons.nth(0).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await waitFor(async () => (await queue.getJobCounts("waiting")).waiting === 1, {
    what: "the job to wait again",
  });
  const [job] = await queue.getJobs(["waiting"]);
  expect(JSON.stringify(job?.data)).toContain("Clicked");
  expect(tab.complaints).toEqual([]);
});

test("a person makes a connection, tests its keys, copies its write key, pauses and deletes it", async () => {
  await using dashboard = await startDashboard();
  const sandbox = await createSandbox({ region: "eu", keys: [{ siteId: "site-1", apiKey: "track-key-1" }] });
  await using _ = { [Symbol.asyncDispose]: () => sandbox.close() };
  await using tab = await openTab(browser, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = tab;
  await logIn(tab, dashboard);
  await page.getByRole("link", { name: "Create a connection" }).click();
  await page.getByLabel("Name").fill("Shop");
  await page.getByLabel("Site ID").fill("site-1");
  await page.getByLabel("API Key").fill("wrong");
  await page.getByText("Write key and settings").click();
  await page.getByLabel("Custom URL").fill(await sandbox.start());
  await page.getByRole("button", { name: "Test the keys" }).click();
  await page.getByText("rejects the keys (401)").waitFor();
  await page.getByLabel("API Key").fill("track-key-1");
  await page.getByRole("button", { name: "Test the keys" }).click();
  await page.getByText("The keys are valid. Their workspace is in the EU region.").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Shop" }).waitFor();
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const [connection] = await dashboard.store.list();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(connection?.writeKey);
  await page.getByRole("link", { name: "Connection Shop" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the connection" }).click();
  await page.getByText("No connection yet").waitFor();
  expect(tab.complaints).toEqual([]);
});

test("with the keyboard alone a person chooses days, opens the table and counts again", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  await fail(dashboard, { id, event: "Clicked", reason: "no such event" });
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  const { keyboard } = page;
  await tabTo(page.getByRole("link", { name: "Delivery" }));
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Delivery", exact: true }).waitFor();
  await tabTo(page.getByLabel("Connection"));
  await keyboard.type("Shop");
  await tabTo(page.getByRole("button", { name: "Show" }));
  await keyboard.press("Enter");
  await page.waitForURL(/connection=/);
  await tabTo(page.getByRole("button", { name: "Count now" }));
  await keyboard.press("Enter");
  await page.getByText("no message is missing, of 1 of all time").waitFor();
  await tabTo(page.getByText("As a table"));
  await keyboard.press("Enter");
  await page.getByRole("columnheader", { name: "Day" }).waitFor();
  await tabTo(page.getByRole("link", { name: /See an example/ }));
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "no such event" }).waitFor();
  expect(tab.complaints).toEqual([]);
});

test("with the keyboard alone a person makes a source, replaces its write key and deletes it", async () => {
  await using dashboard = await startDashboard();
  const { id: shop } = await dashboard.store.ensure(input());
  const sources = createSourceStore(dashboard.redis);
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  const { keyboard } = page;
  const press = async (locator: Locator, key = "Enter") => {
    await tabTo(locator);
    await keyboard.press(key);
  };
  await press(page.getByRole("link", { name: "Sources" }));
  await press(page.getByRole("link", { name: "New source" }));
  await tabTo(page.getByLabel("Name"));
  await keyboard.type("App");
  await tabTo(page.getByLabel("Kind"));
  await keyboard.type("mobile");
  await press(page.getByLabel("Shop"), "Space");
  await press(page.getByRole("button", { name: "Save" }));
  await page.getByRole("heading", { name: "App" }).waitFor();
  await press(page.getByText("Add a write key"));
  await tabTo(page.getByRole("textbox", { name: "Write key" }));
  await keyboard.type("app-key-2");
  await press(page.getByRole("button", { name: "Add" }));
  await press(page.getByRole("link", { name: "Retire" }).first());
  await press(page.getByRole("button", { name: "Retire the write key" }));
  await page.getByRole("link", { name: "Retire" }).waitFor({ state: "detached" });
  expect(await sources.list()).toMatchObject([
    { name: "App", kind: "mobile", connections: [shop], writeKeys: [{ key: "app-key-2" }] },
    { name: "Shop" },
  ]);
  await press(page.getByRole("link", { name: "Delete" }));
  await press(page.getByRole("button", { name: "Delete the source" }));
  await page.getByRole("heading", { name: "Sources" }).waitFor();
  expect(await sources.list()).toMatchObject([{ name: "Shop" }]);
  expect(tab.complaints).toEqual([]);
});

test("under our content security policy uPlot shows the values under the pointer, and dragging zooms", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const minute = new Date().getUTCMinutes();
  const hour = Math.floor(Date.now() / 3_600_000);
  await dashboard.redis.hset(countsKey(id, hour), { [`${minute}:received`]: 12_345 });
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  await page.goto(`${dashboard.url}/overview`);
  const plot = page.locator("figure", { has: page.getByRole("heading", { name: "Messages per minute" }) });
  const area = plot.locator(".u-over");
  const { width, height } = (await area.boundingBox()) ?? { width: 0, height: 0 };
  await area.hover({ position: { x: width - 1, y: height / 2 } });
  await plot.locator(".legend li", { hasText: "Received" }).getByText("12.3K").waitFor();
  await area.hover({ position: { x: width / 4, y: height / 2 } });
  await page.mouse.down();
  await area.hover({ position: { x: width / 2, y: height / 2 } });
  await page.mouse.up();
  await plot.getByRole("button", { name: "Show all" }).click();
  await plot.getByRole("button", { name: "Show all" }).waitFor({ state: "hidden" });
  expect(tab.complaints).toEqual([]);
});

test("times are typed in the person's own zone, and mean the same to whoever gets the address", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const at = (messageId: string, receivedAt: string) =>
    record(messageId, { message: { type: "track", messageId, userId: "u", event: messageId, receivedAt } });
  await appendRecords(dashboard.redis, id, [
    at("Before", "2026-01-01T22:59:59.000Z"),
    at("Within", "2026-01-01T23:00:00.000Z"),
  ]);
  await using tab = await openTab(browser, { timezoneId: "Europe/Berlin" });
  const { page } = tab;
  await logIn(tab, dashboard);
  await page.goto(`${dashboard.url}/messages`);
  const from = page.getByLabel("Received from Europe/Berlin");
  await from.fill("2026-01-02T00:00");
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/from=2026-01-01T23%3A00/);
  await page.getByRole("link", { name: "Within" }).waitFor();
  expect(await page.getByRole("link", { name: "Before" }).count()).toBe(0);
  expect(await from.inputValue()).toBe("2026-01-02T00:00");
  await page.getByRole("link", { name: "Within" }).click();
  await page.getByRole("heading", { name: "Within" }).waitFor();
  await page.goBack();
  expect(await from.inputValue()).toBe("2026-01-02T00:00");
  await using other = await openTab(browser, { timezoneId: "America/New_York" });
  await logIn(other, dashboard);
  await other.page.goto(page.url());
  expect(await other.page.getByLabel("Received from America/New_York").inputValue()).toBe("2026-01-01T18:00");
  expect([...tab.complaints, ...other.complaints]).toEqual([]);
});

/** Goes on until the focus is on what is wanted. */
async function tabTo(locator: Locator): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    if (await locator.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await locator.page().keyboard.press("Tab");
  }
  throw new Error("Tab does not reach it");
}

async function fail(
  dashboard: DashboardForTests,
  { id, event, reason }: { [name: string]: string },
): Promise<string> {
  const { backend, redis } = dashboard;
  const rejected = { reason: "failed", message: reason ?? "" };
  await backend.queue(id ?? "").add("messages", { entries: [{ message: { event }, rejected }] });
  return await failNext(redis, id ?? "", reason ?? "");
}

test.each([
  ["light", 1280],
  ["dark", 390],
] as const)("every page of ours is accessible and fits, %s at %d px", async (colorScheme, width) => {
  await using folder = await temporaryFolder();
  const archive = await openArchive({ url: "file:", dataDir: folder.path, onWarning: () => {} });
  await using dashboard = await startDashboard({ archive });
  await archive?.ensureMark("ours");
  await holdArchiveMark(dashboard.redis, "ours");
  const { id } = await dashboard.store.ensure(
    input({ name: "A name that is long enough to need more than a line, surely" }),
  );
  const unbroken = "x".repeat(200);
  const rejection = { reason: "refused", message: `It is ${unbroken}` };
  const message = { type: "track", messageId: unbroken, userId: unbroken, event: unbroken };
  await appendRecords(dashboard.redis, id, [
    record("m1", { message: { ...message, traits: { [unbroken]: unbroken } } }),
    record(unbroken, { message, outcome: "rejected", rejection }),
  ]);
  await writeStatus(dashboard.redis, id, {
    state: "retrying",
    why: unbroken,
    tries: 14,
    sinceMs: Date.now(),
    nextTryAtMs: Date.now() + 60_000,
  });
  const failedJob = await fail(dashboard, { id, event: unbroken, reason: `It is ${unbroken}` });
  await dashboard.redis.set(leaseKey(id), "1:token@worker");
  await recount(dashboard.redis, id);
  const archived = { messageId: unbroken, receivedAt: day, settledAt: day, outcome: "delivered" } as const;
  const operations = [{ type: "person", action: "event", name: unbroken }];
  const more = { requests: 1, attempts: [], operations, ulids: [], jobId: "j1", message };
  await archive?.writeCut(id, { first: 1, last: 1 }, [[writeLine({ ...archived, ...more })]], {
    mayWrite: () => true,
  });
  const filter = { event: unbroken, person: `id:${unbroken}` };
  const wish = { sourceId: id, filter, withState: true, asNew: true, startedBy: unbroken };
  await changeReplay(dashboard.redis, await startReplay(dashboard.redis, id, wish), "pause");
  await createRuleStore({ redis: dashboard.redis }).put(id, {
    version: 0,
    rules: [
      { name: unbroken.slice(0, 58), if: `message.event == "${unbroken}"`, then: { remove: unbroken } },
      { name: "Drop", then: { drop: true } },
    ],
  });
  const sources = createSourceStore(dashboard.redis);
  await sources.update(id, { origins: [`https://${"x".repeat(60)}.example`] });
  await sources.addWriteKey(id, unbroken);
  await using tab = await openTab(browser, {
    colorScheme,
    viewport: { width, height: 800 },
    bypassCSP: true,
  });
  const { page } = tab;
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const look = async (path: string) => {
    await page.goto(dashboard.url + path);
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.evaluate(axe);
    const { violations } = (await page.evaluate("axe.run()")) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(
      violations.map((violation) => [path, violation.id, violation.nodes.map(({ html }) => html)]),
    ).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(width);
  };
  await look("/login");
  await logIn(tab, dashboard);
  for (const path of [
    "/",
    "/connections/new",
    `/connections/${id}`,
    `/connections/${id}/set-up`,
    `/connections/${id}/edit`,
    `/connections/${id}/rules`,
    `/connections/${id}/remove`,
    "/sources",
    "/sources/new",
    `/sources/${id}`,
    `/sources/${id}/edit`,
    `/sources/${id}/write-keys/first/retire`,
    "/overview",
    `/overview?range=quarter&connection=${id}`,
    "/messages",
    `/message?connection=${id}&id=m1`,
    "/messages?messageId=unknown",
    "/delivery",
    `/delivery?connection=${id}&from=2020-01-01&to=2020-01-02`,
    "/failed",
    `/failed/discard?connection=${id}`,
    `/failed/edit?${new URLSearchParams({ connection: id, job: failedJob, id: "" })}`,
    "/refused",
    "/replay",
    "/erasure",
    "/alerts",
    "/audit",
    "/alerts/channels/new?kind=webhook",
    "/alerts/channels/new?kind=email",
    `/replay/dry-run?connection=${id}`,
    "/try",
    "/styles",
    "/unknown",
  ]) {
    await look(path);
  }
  const group = await page.goto(`${dashboard.url}/failed`).then(() => page.locator(".groups a").first());
  await look((await group.getAttribute("href")) ?? "");
});
