import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { freePort, waitFor } from "@customerio-router/fixtures";
import { type RecordedAction, readActions, readRefused } from "@customerio-router/reports";
import type { Locator, Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { testEvent } from "../src/connections/set-up/send-test-event.ts";
import { sdkAddresses } from "../src/snippets/sdk-addresses.ts";
import { curlSnippet, nodeSnippet, pythonSnippet } from "../src/snippets/snippets.ts";
import { openTab, startBrowser } from "./browser.ts";
import { type DashboardForTests, input, loginCode, startDashboard } from "./dashboard-for-tests.ts";
import { keys, type RouterForTests, startRouter } from "./router-for-tests.ts";

const run = promisify(execFile);

vi.setConfig({ testTimeout: 120_000 });

test("by keyboard alone: Save leads to a checklist that fills in by itself, a test event is delivered, and the code is copied as Markdown", async () => {
  await using router = await startRouter();
  const { dashboard, sandbox, trackUrl } = router;
  const browser = await startBrowser();
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  await using tab = await openTab(browser, {
    permissions: ["clipboard-read", "clipboard-write"],
    viewport: { width: 390, height: 844 },
  });
  const { page } = tab;
  const fill = async (label: string, text: string) => {
    await tabTo(page, page.getByLabel(label, { exact: true }));
    await page.keyboard.insertText(text);
  };
  await page.goto(`${dashboard.url}/login?code=${loginCode}`);
  await page.waitForURL(`${dashboard.url}/`);
  await page.goto(`${dashboard.url}/connections/new`);
  await fill("Name", "Shop");
  await fill("Site ID", keys.siteId);
  await fill("API Key", keys.apiKey);
  await tabTo(page, page.getByText("Write key and settings"));
  await page.keyboard.press("Enter");
  await fill("Custom URL", trackUrl);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Set up Shop" }).waitFor();
  await page.getByText("Nothing yet. Send a test event").waitFor();
  await checkPage(page);

  const [{ id = "", writeKey = "" } = {}] = await dashboard.store.list();
  await page.evaluate("window.isStillOpen = true");
  await router.send(writeKey, "track", { userId: "userId123", event: "Clicked Button" });
  await page.getByText("Customer.io accepted 1 message.").waitFor();
  expect(await page.evaluate("window.isStillOpen")).toBe(true);

  await tabTo(page, page.getByRole("button", { name: "Send a test event" }));
  await page.keyboard.press("Enter");
  await page.getByText("received ✓ delivered ✓").waitFor();
  await page.getByText("All done").waitFor();
  const { activity } = (await (await fetch(`${sandbox.url}/api/activity`)).json()) as {
    activity: { name: string }[];
  };
  expect(activity.map(({ name }) => name)).toEqual([testEvent, "Clicked Button"]);
  await checkPage(page);

  await tabTo(page, page.getByRole("tab", { name: "Web" }));
  for (const name of ["Node", "Python", "curl", "SDKs"]) {
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tabpanel", { name }).waitFor();
    expect(await page.getByRole("tabpanel").count()).toBe(1);
    await checkPage(page);
  }
  await tabTo(page, page.getByRole("button", { name: "Copy as Markdown" }));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Copied" }).waitFor();
  const copied = (await page.evaluate("navigator.clipboard.readText()")) as string;
  expect(copied).toContain(`- Write key: \`${writeKey}\``);
  // Markdown drops a heading's tags.
  expect(copied.match(/^#.*[<>].*$/gm)).toBeNull();
  expect(copied).toContain(`\`\`\`sh\n${curlSnippet(writeKey, router.intakeUrl)}\n\`\`\``);

  await page.goto(`${dashboard.url}/connections/${id}`);
  expect(await page.getByText("Nothing has been delivered yet").count()).toBe(0);
  await page.getByRole("link", { name: "Checklist and test event" }).waitFor();
  expect(tab.complaints).toEqual([]);
});

test("the checklist says why calls are refused, and why a test event was rejected, which the audit log names", async () => {
  await using router = await startRouter();
  const { dashboard, sandbox } = router;
  const { id, writeKey = "" } = await makeShop(router);
  const operator = await dashboard.operator();
  const steps = async (query = "") => (await operator.get(`/connections/${id}/set-up/steps${query}`)).text;
  expect((await operator.get(`/connections/${id}`)).text).toContain("Nothing has been delivered yet");
  expect(await steps()).toContain("data-unfinished");

  await router.send("another-key", "track", { userId: "userId123", event: "Clicked Button" });
  await waitFor(async () => (await steps()).includes("1 request came without a known write key"), {
    what: "the unknown write key",
  });
  await router.send(writeKey, "track", { userId: "userId123" });
  await waitFor(async () => (await steps()).includes("The event has no name."), { what: "the refused call" });

  sandbox.faults.set({ faults: [{ names: [testEvent], refuse: { message: "No such event" } }] });
  const sent = await operator.submit(`/connections/${id}/set-up/test-event`, {});
  expect(sent.status).toBe(303);
  const [action] = await sentOf(dashboard);
  expect(action).toMatchObject({ action: "messages.send", subject: { id, name: "Shop" } });
  const query = new URL(sent.location ?? "", dashboard.url).search;
  await waitFor(async () => (await steps(query)).includes("received ✓ rejected: "), {
    what: "the rejection",
  });
  expect(await steps(query)).toContain("No such event");
  expect(await steps(query)).toContain("1 message rejected.");
  expect((await operator.get(sent.location ?? "")).text).toContain(
    `data-steps="/connections/${id}/set-up/steps${query}"`,
  );
});

test("after a test event the list waits for a call of the code, and says what was refused since", async () => {
  await using router = await startRouter();
  const { dashboard, send } = router;
  const operator = await dashboard.operator();
  await send("a-key-of-before", "track", { userId: "userId123", event: "Clicked Button" });
  await waitFor(async () => (await readRefused(dashboard.redis)).length === 1, {
    what: "a refusal from before the connection",
  });
  const { id, writeKey = "" } = await makeShop(router);
  const path = `/connections/${id}/set-up`;
  const steps = async (query = "") => textOf((await operator.get(`${path}/steps${query}`)).text);
  expect(await steps()).toContain("Nothing yet. Send a test event");

  const sent = await operator.submit(`${path}/test-event`, {});
  const query = new URL(sent.location ?? "", dashboard.url).search;
  const becomes = (text: string) => waitFor(async () => (await steps(query)).includes(text), { what: text });
  await becomes("received ✓ delivered ✓");
  expect(await steps(query)).toContain("First call of your code delivered: Not yet.");
  expect(await steps(query)).not.toContain("All done");

  await send("a-wrong-key", "track", { userId: "userId123", event: "Clicked Button" });
  await becomes("First call of your code delivered: Problem. Nothing yet, but ");
  await send(writeKey, "track", { anonymousId: "anonymousId123", event: "Clicked Button" });
  await send(writeKey, "track", { userId: "userId123", event: "Clicked Button" });
  await becomes("First call of your code delivered: Done. 1 message besides test events.");
  await becomes("All done: calls of your code reach");
});

test("a test event that waits says why, and leads an operator to what mends it", async () => {
  await using router = await startRouter({ readOnlyPassword: "may only look" });
  const { dashboard } = router;
  const { id } = await makeShop(router);
  const operator = await dashboard.operator();
  await operator.submit(`/connections/${id}/pause`, {});
  const sent = await operator.submit(`/connections/${id}/set-up/test-event`, {});
  const page = async (visitor = operator) => (await visitor.get(sent.location ?? "")).text;
  await waitFor(async () => (await page()).includes("It waits in the queue."), { what: "the waiting event" });
  expect(await page()).toContain(`<a href="/connections/${id}">Resume it</a>`);
  const reader = dashboard.visitor();
  await reader.submit("/login", { password: "may only look" });
  expect(await page(reader)).toContain("an operator can send a test event");
  expect(await page(reader)).not.toContain("Resume it");
  await operator.submit(`/connections/${id}/resume`, {});
  await waitFor(async () => (await page()).includes("received ✓ delivered ✓"), { what: "delivery" });
});

test("a test event says which address was tried, and that a paused source drops it; none of that was sent", async () => {
  const intakeUrl = `http://127.0.0.1:${await freePort()}`;
  await using dashboard = await startDashboard({ intakeUrl });
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const path = `/connections/${id}/set-up/test-event`;
  const failed = await operator.submit(path, {});
  expect(failed.status).toBe(422);
  expect(failed.text).toContain(`No intake answered at ${intakeUrl}/v1/track (ECONNREFUSED).`);
  expect(failed.text).toContain("<code>INTAKE_INTERNAL_URL</code>");
  await operator.submit(`/sources/${id}/pause`, {});
  expect((await operator.submit(path, {})).text).toContain("is paused, and the intake drops its calls");
  expect((await operator.submit("/connections/none/set-up/test-event", {})).status).toBe(404);
  expect(await sentOf(dashboard)).toEqual([]);
});

test("what answers at the intake's address and is none is told", async () => {
  await using other = await startDashboard();
  await using dashboard = await startDashboard({ intakeUrl: other.url });
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const { text } = await operator.submit(`/connections/${id}/set-up/test-event`, {});
  expect(text).toContain(`What answers at ${other.url}/v1/track is not the intake`);
});

test("the code to copy runs as it is: identify first, then track", async () => {
  await using router = await startRouter();
  const { intakeUrl, sandbox } = router;
  const { writeKey = "" } = await makeShop(router);
  const runs: [string, string[]][] = [
    ["sh", ["-c", curlSnippet(writeKey, intakeUrl)]],
    [process.env.PYTHON || "python3", ["-c", pythonSnippet(writeKey, intakeUrl)]],
    [process.execPath, ["--input-type=module", "-e", nodeSnippet(writeKey, intakeUrl)]],
  ];
  for (const [index, [program, parameters]] of runs.entries()) {
    await run(program, parameters);
    await waitFor(async () => (await clicks(sandbox.url)) === index + 1, { what: `the call by ${program}` });
  }
  const people = (await (await fetch(`${sandbox.url}/api/people`)).json()) as unknown;
  expect(JSON.stringify(people)).toContain("john.doe@example.com");
});

test("the README names the SDKs that the dashboard names", async () => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const table = /\| SDK \| where the address goes \|\n([\s\S]*?)\n\n/.exec(readme)?.[1] ?? "";
  const named = [...table.matchAll(/`(@[^`]+)`/g)].map(([, sdk]) => sdk);
  expect(named.sort()).toEqual(sdkAddresses.map(({ sdk }) => sdk).sort());
});

async function sentOf({ redis }: DashboardForTests): Promise<RecordedAction[]> {
  const actions: RecordedAction[] = [];
  for await (const action of readActions(redis, { action: "messages.send" })) actions.push(action);
  return actions;
}

async function clicks(sandboxUrl: string): Promise<number> {
  const answer = await fetch(`${sandboxUrl}/api/activity`);
  const { activity } = (await answer.json()) as { activity: { name: string }[] };
  return activity.filter(({ name }) => name === "Clicked Button").length;
}

/** What a person reads of HTML. */
function textOf(markup: string): string {
  return markup
    .replace(/<[^>]+>/g, "")
    .replace(/\s+/g, " ")
    .replace(/\.(?=\S)/g, ". ");
}

function makeShop({ dashboard, trackUrl }: RouterForTests) {
  return dashboard.store.ensure({ name: "Shop", ...keys, region: "us", trackUrl });
}

/** As a person does who has no mouse. */
async function tabTo(page: Page, goal: Locator): Promise<void> {
  const isThere = () => goal.evaluate((element) => element.ownerDocument.activeElement === element);
  for (let presses = 0; presses < 100; presses++) {
    if (await isThere()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("100 presses of Tab do not lead there");
}

async function checkPage(page: Page): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = (await page.evaluate("axe.run()")) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
}
