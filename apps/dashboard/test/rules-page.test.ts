import { createRuleStore } from "@customerio-router/connections";
import { waitFor } from "@customerio-router/fixtures";
import { appendRecords } from "@customerio-router/reports";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTab, startBrowser } from "./browser.ts";
import { input, loginCode, secretKey, startDashboard } from "./dashboard-for-tests.ts";
import { record } from "./record.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

async function open() {
  const resources = new AsyncDisposableStack();
  const dashboard = resources.use(await startDashboard({ secretKey }));
  const { id } = await dashboard.store.ensure(input());
  const tab = resources.use(await openTab(browser, { viewport: { width: 1280, height: 1600 } }));
  const { page } = tab;
  await page.goto(`${dashboard.url}/login?code=${loginCode}`);
  await page.waitForURL(`${dashboard.url}/`);
  const store = createRuleStore({ redis: dashboard.redis, secretKey });
  const address = `${dashboard.url}/connections/${id}/rules`;
  const list = async () => (await store.read(id))?.rules ?? [];
  return {
    dashboard,
    id,
    tab,
    page,
    store,
    address,
    list,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

test("rules are made, ordered and saved by keyboard alone", async () => {
  await using context = await open();
  const { dashboard, id, page, list } = context;
  await page.goto(`${dashboard.url}/connections/${id}`);
  await page.getByRole("link", { name: "Rules" }).click();
  const press = async (name: string) => {
    await page.getByRole("button", { name, exact: true }).focus();
    await Promise.all([page.waitForLoadState(), page.keyboard.press("Enter")]);
  };
  const focusedIs = (name: string) =>
    waitFor(
      async () =>
        (await page.evaluate("document.activeElement.name + document.activeElement.value")) === name,
      {
        what: `the focus on ${name}`,
      },
    );
  await press("Add a rule");
  await focusedIs("rules.0.name");
  await page.keyboard.type("No bots");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await page.keyboard.type('message.userId == "bot"');
  await press("Add a rule");
  await focusedIs("rules.1.name");
  await page.keyboard.type("No cards");
  await page.getByLabel("Action").nth(1).selectOption("Remove a field");
  await page.getByLabel("Field").nth(1).fill("properties.card");
  await press("Up rule 2");
  await focusedIs("dodown:0");
  await press("Save");
  await page.getByText("Saved.").waitFor();
  expect(await list()).toEqual([
    { name: "No cards", on: true, if: "", then: { remove: "properties.card" } },
    { name: "No bots", on: false, if: 'message.userId == "bot"', then: { drop: true } },
  ]);
  expect(context.tab.complaints).toEqual([]);
});

test("rules are dragged, previewed and tested on a call, and nothing of it is saved", async () => {
  await using context = await open();
  const { dashboard, id, page, store, address, list } = context;
  const rules = [
    { name: "One", then: { set: { field: "properties.x", value: "5" } } },
    { name: "Two", if: 'message.userId == "bot"', then: { drop: true } },
  ];
  await store.put(id, { version: 0, rules });
  const before = await list();
  const kept = record("m1");
  await appendRecords(dashboard.redis, id, [
    { ...kept, message: { ...(kept.message as object), userId: "bot" } },
    record("m2"),
  ]);
  await page.goto(address);
  await page.locator("legend").nth(1).dragTo(page.locator("legend").nth(0));
  await waitFor(async () => (await page.getByLabel("Name").nth(0).inputValue()) === "Two", {
    what: "the order",
  });
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("heading", { name: "Over the last 2 messages" }).waitFor();
  const preview = await page.locator("#preview").innerText();
  expect(preview).toMatch(/Dropped\s+1\s+Changed\s+1/);
  await page.locator("#preview summary").nth(1).click();
  await page.getByLabel("Before: the message").nth(1).waitFor();
  await page.getByText("Test on a call").click();
  await page.getByLabel("Call, as JSON").fill('{"type":"track","event":"E","userId":"ann"}');
  await page.getByRole("button", { name: "Test the call" }).click();
  await page.getByText("changed the message before it was mapped").waitFor();
  expect(await page.locator("#tested").innerText()).toContain('"x": "5"');
  expect(await list()).toEqual(before);
  expect(context.tab.complaints).toEqual([]);
});

test("what is wrong stands at its field, and a list that somebody else has saved meanwhile is not overwritten", async () => {
  await using context = await open();
  const { id, page, store, address, list } = context;
  await store.put(id, { version: 0, rules: [{ name: "<b>One</b>", then: { drop: true } }] });
  await page.goto(address);
  expect(await page.getByLabel("Name").inputValue()).toBe("<b>One</b>");
  await page.getByLabel("Condition").fill('message.event = "x"');
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Character 15").waitFor();
  expect(await page.getByLabel("Condition").getAttribute("aria-invalid")).toBe("true");
  await store.put(id, { version: 1, rules: [] });
  await page.getByLabel("Condition").fill('message.event == "x"');
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("somebody else has saved these rules meanwhile").waitFor();
  expect(await list()).toEqual([]);
  // A refused form is an error of the page for the browser, not of its scripts.
  expect(context.tab.complaints.filter((text) => !text.includes("status of 4"))).toEqual([]);
});
