import { waitFor } from "@customerio-router/fixtures";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTab, startBrowser, type Tab } from "./browser.ts";
import { type DashboardForTests, input, password, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { keys, type RouterForTests, startRouter } from "./router-for-tests.ts";

let browser: Browser;

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

const unknown = Array.from({ length: 3 }, (_, index) => ({
  type: "track",
  messageId: `unknown-${index}`,
  event: "Form Submitted",
}));
const coupons = Array.from({ length: 4 }, (_, index) => ({
  type: "track",
  messageId: `coupon-${index}`,
  userId: `u${index}`,
  event: "Coupon Redeemed",
}));

/** Three messages that name nobody, and four that Customer.io refuses until its faults end. */
async function failSeven({ dashboard, sandbox, trackUrl, send }: RouterForTests): Promise<string> {
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  sandbox.faults.set({ faults: [{ names: ["Coupon Redeemed"], refuse: { message: "no such coupon" } }] });
  await send(writeKey, "batch", { batch: [...unknown, ...coupons] });
  await waitForFailed(dashboard, id, 7);
  return id;
}

async function waitForFailed({ backend }: DashboardForTests, id: string, messages: number): Promise<void> {
  const count = async () => {
    const jobs = await backend.queue(id).getJobs(["failed"]);
    return jobs.reduce((sum, { data }) => sum + data.entries.length, 0);
  };
  await waitFor(async () => (await count()) === messages, { what: `${messages} failed messages` });
}

test("a retry of all leaves what would be rejected again, and the page says what became of the others", async () => {
  await using router = await startRouter();
  const { dashboard, sandbox } = router;
  const id = await failSeven(router);
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  await page.goto(`${dashboard.url}/failed`);
  await page.getByText("Retry leaves 3 messages that would be rejected again.").waitFor();

  await page.getByRole("button", { name: "Retry 4 messages" }).first().click();
  await page
    .getByText("Retried 4 messages: 4 rejected again. 3 messages stayed: they would be rejected again.")
    .waitFor();
  const attempts = async (messageId: string) =>
    (await (await dashboard.operator()).get(`/message?connection=${id}&id=${messageId}`)).text;
  expect(await attempts("unknown-0")).not.toContain("Earlier outcomes");

  sandbox.faults.clear();
  await page.getByRole("button", { name: "Retry 4 messages" }).first().click();
  await page.getByText("Retried 4 messages: 4 delivered.").waitFor();
  await page.getByRole("heading", { name: "Shop 3 messages" }).waitFor();

  expect(tab.complaints).toEqual([]);
});

test("while no worker runs, a retry says that nothing is delivered, and so does the banner", async () => {
  await using router = await startRouter();
  const { dashboard, worker } = router;
  const id = await failSeven(router);
  await worker.kill("SIGTERM");
  const operator = await dashboard.operator();
  const shows = async (path: string, text: string) => (await operator.get(path)).text.includes(text);
  await waitFor(() => shows("/failed", "No worker is alive."), { what: "the banner" });
  const { location } = await operator.submit("/failed/retry", { connection: id });
  const text = "Retrying 4 messages. Messages are accepted and kept, but no worker delivers them.";
  expect((await operator.get(location ?? "")).text).toContain(text);
  await waitFor(() => shows("/failed", "No worker is alive.</strong> Retried messages wait."), {
    what: "the banner",
  });
});

test("from a failed message a person gets back to the others of its group, also once it was corrected", async () => {
  await using router = await startRouter();
  const { dashboard } = router;
  const id = await failSeven(router);
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  await page.goto(`${dashboard.url}/failed?connection=${id}`);
  await page.getByRole("link", { name: /^The call names nobody/ }).click();
  await page.getByRole("link", { name: "Form Submitted" }).first().click();
  await page.getByRole("link", { name: "Edit and send" }).click();
  const message = { ...unknown[0], messageId: "unknown-0", userId: "ann" };
  await page.getByLabel("Message, as JSON").fill(JSON.stringify(message));
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Customer.io accepted it (200).").waitFor();
  await page.getByRole("link", { name: "Messages that failed for the same reason" }).click();
  await page.getByText("2 messages failed for this reason.").waitFor();
});

test("the buttons of a group keep their words in one line, at every width", async () => {
  await using router = await startRouter();
  const { dashboard } = router;
  await failSeven(router);
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  for (const width of [1_280, 1_000, 760, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${dashboard.url}/failed`);
    for (const button of await page.locator(".groups td:last-child :is(a, button)").all()) {
      const { height = 0 } = (await button.boundingBox()) ?? {};
      expect(height, `${await button.innerText()} at ${width}`).toBeLessThan(45);
    }
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overflow, `at ${width}`).toBeLessThanOrEqual(0);
  }
});

test("the banner leads to messages that were rejected, also by the mapping, and the runbook to the page that it names", async () => {
  await using router = await startRouter();
  const { dashboard, trackUrl, send } = router;
  const { id, writeKey } = await dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
  await send(writeKey, "batch", {
    batch: Array.from({ length: 20 }, () => ({ type: "track", event: "Seen" })),
  });
  await waitForFailed(dashboard, id, 20);
  const operator = await dashboard.operator();
  const banner = async () => (await operator.get("/")).text;
  await waitFor(async () => (await banner()).includes("Many messages of a connection are rejected."), {
    what: "the banner",
  });
  expect(await banner()).toContain('<a href="/failed">See them with their reasons</a>');
  expect(await banner()).toContain("The call names nobody: send <code>userId</code>");
  const runbook = (await operator.get("/runbook")).text;
  expect(runbook).toContain('the page <a href="/failed">Failed</a>');
  expect(runbook).not.toMatch(/\*[A-Z]/);
});

test("a message that was cut off is called so, and an address in the properties is nobody's name", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const rejected = { reason: "message-too-large", message: "It is too large." };
  const message = {
    type: "track",
    event: "Invited",
    messageId: "m1",
    properties: { email: "friend@example.com" },
  };
  const entries = [
    { message: '{"type":"track","properties":{"cart":"', rejected, cut: true as const },
    { message, rejected },
  ];
  await dashboard.backend.queue(id).add("track", { entries });
  await failNext(dashboard.redis, id, rejected.message);
  const operator = await dashboard.operator();
  const path = /\/failed\/group[^"]*/
    .exec((await operator.get("/failed")).text)?.[0]
    .replaceAll("&amp;", "&");
  const { text } = await operator.get(path ?? "");
  expect(text).toMatch(/<a href="[^"]*">\(cut off\)<\/a>/);
  expect(text).toContain("Invited");
  expect(text).not.toContain("friend@example.com");
});

test("what a person corrected is sent by a reload, where Redis was away when it was sent first", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const rejected = { reason: "no-identity", message: "The call names nobody." };
  const message = { type: "track", event: "Invited", messageId: "m1" };
  const queue = dashboard.backend.queue(id);
  await queue.add("track", { entries: [{ message, rejected }] });
  const job = await failNext(dashboard.redis, id, rejected.message);
  await using tab = await openTab(browser);
  const { page } = tab;
  await logIn(tab, dashboard);
  await page.goto(`${dashboard.url}/failed/edit?connection=${id}&job=${job}&id=m1`);
  await page.getByLabel("Message, as JSON").fill(JSON.stringify({ ...message, userId: "typed by hand" }));
  dashboard.server.freeze();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("reload this page in a moment").waitFor();
  dashboard.server.thaw();
  await waitFor(async () => (await fetch(`${dashboard.url}/readyz`)).ok, { what: "Redis to be back" });
  await page.reload();
  await page.getByRole("heading", { name: "Invited Waiting" }).waitFor();
  const [waiting] = await queue.getJobs(["waiting"]);
  expect(waiting?.data.entries[0]?.message).toMatchObject({ userId: "typed by hand" });
});
