import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { waitFor } from "@customerio-router/fixtures";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTab, startBrowser } from "./browser.ts";
import { loginCode } from "./dashboard-for-tests.ts";
import { keys, startRouter } from "./router-for-tests.ts";

const run = promisify(execFile);
let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

test("from an empty system: a connection is made, calls arrive, keys break and are mended, what failed is retried", async () => {
  await using router = await startRouter();
  const { dashboard, sandbox, trackUrl, send } = router;
  await using tab = await openTab(browser);
  const { page } = tab;
  const { url } = dashboard;
  const names = async () => {
    const answer = await fetch(`${sandbox.url}/api/activity`);
    const { activity } = (await answer.json()) as { activity: { name: string }[] };
    return activity.map(({ name }) => name).toReversed();
  };

  await page.goto(`${url}/login?code=${loginCode}`);
  await page.waitForURL(`${url}/`);
  await page.getByRole("link", { name: "Create a connection" }).click();
  await page.getByLabel("Name").fill("Shop");
  await page.getByLabel("Site ID").fill(keys.siteId);
  await page.getByLabel("API Key").fill(keys.apiKey);
  await page.getByText("Write key and settings").click();
  await page.getByLabel("Custom URL").fill(trackUrl);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Shop" }).waitFor();

  const curl = (await page.locator("#curl").textContent()) ?? "";
  const [{ id = "", writeKey = "" } = {}] = await dashboard.store.list();
  await page.goto(`${url}/messages`);
  await page.getByRole("button", { name: "Live" }).waitFor();
  const { stdout } = await run("sh", ["-c", `${curl} --silent`]);
  expect(JSON.parse(stdout)).toEqual({ success: true });
  await send(writeKey, "identify", { userId: "userId123", traits: { email: "john.doe@example.com" } });
  await send(writeKey, "page", { userId: "userId123", name: "Home" });
  const delivered = page.locator("tr[data-message]", { hasText: "Delivered" });
  await delivered.nth(2).waitFor();
  await delivered.filter({ hasText: "Clicked Button" }).getByRole("link").first().click();
  await page.getByText("Customer.io accepted it (200).").waitFor();
  await page.getByRole("heading", { name: "As sent to Customer.io" }).waitFor();
  expect(await names()).toEqual(expect.arrayContaining(["Clicked Button", "Home"]));

  const saveApiKey = async (apiKey: string, { unchecked = false } = {}) => {
    await page.getByLabel("API Key").fill(apiKey);
    await page.getByLabel("Region").selectOption("us");
    await page.getByLabel("Save unchecked").setChecked(unchecked);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Shop" }).waitFor();
  };
  await page.goto(`${url}/connections/${id}/edit`);
  await saveApiKey("a-wrong-key", { unchecked: true });
  for (const event of ["One", "Two", "Three"]) await send(writeKey, "track", { userId: "userId123", event });
  const attention = page.getByText("Customer.io rejects the Site ID or API Key (401)");
  await waitFor(() => page.reload().then(() => attention.isVisible()), {
    what: "the connection to need attention",
  });
  await page.goto(`${url}/messages?outcome=waiting`);
  await page.getByRole("link", { name: "Three" }).waitFor();
  await page.goto(`${url}/connections/${id}`);
  await page.getByRole("link", { name: "Correct it" }).click();
  await saveApiKey(keys.apiKey);
  await waitFor(async () => (await names()).includes("Three"), { what: "what waited to arrive" });
  expect((await names()).filter((name) => ["One", "Two", "Three"].includes(name))).toEqual([
    "One",
    "Two",
    "Three",
  ]);

  sandbox.faults.set({ faults: [{ names: ["Bad", "Worse"], refuse: { message: "No such event" } }] });
  await send(writeKey, "track", { userId: "userId123", event: "Bad" });
  await send(writeKey, "track", { userId: "userId123", event: "Worse" });
  const queue = dashboard.backend.queue(id);
  await waitFor(async () => (await queue.getFailedCount()) === 2, { what: "two failed jobs" });
  sandbox.faults.clear();
  await page.goto(`${url}/failed`);
  await page.getByRole("link", { name: /No such event/ }).click();
  await page.getByRole("link", { name: "Bad" }).click();
  await page.getByRole("button", { name: "Retry" }).click();
  await waitFor(async () => (await names()).includes("Bad"), { what: "the retried message" });
  await page.goto(`${url}/queues/queue/Shop?status=failed`);
  await page.getByText("No such event").first().waitFor();
  await page.getByRole("button", { name: /retry all/i }).click();
  await page.getByRole("button", { name: "Confirm" }).click();
  await waitFor(async () => (await names()).includes("Worse"), { what: "what Bull Board retried" });
  expect(tab.complaints).toEqual([]);
});

test("a call is tried, then sent, and what became of it is seen", async () => {
  await using router = await startRouter();
  const { dashboard, trackUrl } = router;
  await dashboard.store.create({ name: "Shop", ...keys, region: "us", trackUrl });
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${dashboard.url}/login?code=${loginCode}`);
  await page.waitForURL(`${dashboard.url}/`);
  await page.getByRole("link", { name: "Try a call" }).click();
  await page.getByLabel("Call, as JSON").fill("{ no JSON");
  await page.getByRole("button", { name: "Show what Customer.io would get" }).click();
  await page.getByText("This is not JSON").waitFor();
  await page
    .getByLabel("Call, as JSON")
    .fill(JSON.stringify({ type: "track", userId: "u1", event: "Tried" }));
  await page.getByRole("button", { name: "Show what Customer.io would get" }).click();
  await page.locator(".json", { hasText: '"name": "Tried"' }).waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/message\?/);
  await page.getByText("Customer.io accepted it (200).").waitFor();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Messages per minute" }).waitFor();
  // What is no JSON is answered 422, which Chromium notes.
  expect(tab.complaints).toEqual([expect.stringContaining("422")]);
});
