import { createSourceStore } from "@customerio-router/connections";
import { appendRecords } from "@customerio-router/reports";
import { expect, test, vi } from "vitest";
import { openTab, startBrowser } from "./browser.ts";
import { input, loginCode, startDashboard } from "./dashboard-for-tests.ts";
import { record } from "./record.ts";

const width = 390;
const long = "W".repeat(100);

vi.setConfig({ testTimeout: 120_000 });

test("names without a space stretch no page of a telephone, and no text has raw backquotes", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input({ name: long }));
  const sources = createSourceStore(dashboard.redis);
  const made = await sources.create({ name: `${long.slice(1)}X`, kind: "browser", connections: [id] });
  if (!made.ok) throw new Error("not made");
  const source = made.source.id;
  const message = { type: "track", messageId: "m1", userId: long, event: long, properties: { [long]: long } };
  await appendRecords(dashboard.redis, id, [record("m1", { message })]);
  const browser = await startBrowser();
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  await using tab = await openTab(browser, { viewport: { width, height: 844 } });
  const { page } = tab;
  await page.goto(`${dashboard.url}/login?code=${loginCode}`);
  await page.waitForURL(`${dashboard.url}/`);
  const paths = ["", "/set-up", "/edit", "/rules", "/remove"].map((part) => `/connections/${id}${part}`);
  paths.push("/", "/connections/new", "/sources", "/sources/new", `/sources/${source}`);
  paths.push(`/sources/${source}/edit`, "/overview", "/messages", `/message?connection=${id}&id=m1`);
  paths.push("/delivery", "/refused", "/replay", "/erasure", "/audit", "/alerts", "/try", "/styles");
  for (const path of paths) {
    const reply = await page.goto(dashboard.url + path);
    expect(reply?.status(), path).toBe(200);
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
    expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(width);
    await page.evaluate(
      "for (const each of document.querySelectorAll('pre, textarea, script')) each.remove()",
    );
    expect(await page.locator("body").innerText(), path).not.toContain("`");
  }
  expect(tab.complaints).toEqual([]);
});
