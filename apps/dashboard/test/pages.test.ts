import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createAlertStore } from "@customerio-router/alerts";
import { openArchive } from "@customerio-router/archive";
import { temporaryFolder } from "@customerio-router/fixtures";
import { appendRecords, holdArchiveMark } from "@customerio-router/reports";
import type { FastifyInstance } from "fastify";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTab, startBrowser, type Tab } from "./browser.ts";
import { type DashboardForTests, input, password, secretKey, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { record } from "./record.ts";

let browser: Browser;

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** `GET` routes that answer with no page of their own. */
const noPages = [
  /^\/(api|queues|assets)(\/|$)/,
  /^\/(livez|readyz|metrics)$/,
  /^\/login\/(issuer|callback)$/,
  /^\/(delivery\.csv|audit\/export|failed\/export|messages\/stream)$/,
  /^\/connections\/:id\/set-up\/steps$/,
];

/** A dashboard with something on every page, and an address for each route of a page. */
async function openSetting(archiveFolder: string) {
  const routes = new Set<string>();
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook("onRoute", ({ method, url }) => {
      const isPage = [method].flat().includes("GET") && !noPages.some((none) => none.test(url));
      if (isPage) routes.add(url);
    });
  };
  subscribe("fastify.initialization", listen);
  const archive = await openArchive({ url: "file:", dataDir: archiveFolder, onWarning: () => {} });
  const dashboard = await startDashboard({ archive, secretKey });
  unsubscribe("fastify.initialization", listen);
  await archive?.ensureMark("ours");
  await holdArchiveMark(dashboard.redis, "ours");
  const { id } = await dashboard.store.ensure(input({ name: "Shop" }));
  await appendRecords(dashboard.redis, id, [
    record("m1", { message: { type: "track", messageId: "m1", event: "Seen" } }),
  ]);
  const rejected = { reason: "failed", message: "Customer.io refused it." };
  const message = { type: "track", messageId: "m2", event: "Bought" };
  await dashboard.backend.queue(id).add("messages", { entries: [{ message, rejected }] });
  const job = await failNext(dashboard.redis, id, rejected.message);
  const alerts = createAlertStore({ redis: dashboard.redis, secretKey });
  const channel = await alerts.createChannel({ kind: "webhook", name: "Chat", url: "https://chat.example/" });
  return { dashboard, routes, id, job, channel: channel.ok ? channel.value.id : "" };
}

/** What names the group of the failed message. */
async function readGroup(dashboard: DashboardForTests, id: string): Promise<string> {
  const { text } = await (await dashboard.operator()).get(`/failed?connection=${id}`);
  return /group=([\w-]+)/.exec(text)?.[1] ?? "";
}

async function logIn({ page }: Tab, { url }: DashboardForTests): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${url}/`);
}

type Head = { title: string; headings: string[]; first: string };

/** What a page says it is for: `first` is the paragraph right below its heading. */
async function readHead(page: Page): Promise<Head> {
  return (await page.evaluate(`(() => {
    const text = (element) => element.textContent.replace(/\\s+/g, " ").trim();
    const headings = [...document.querySelectorAll("main h1")];
    const next = (headings[0]?.closest(".heading") ?? headings[0])?.nextElementSibling;
    return { title: document.title, headings: headings.map(text), first: next?.tagName === "P" ? text(next) : "" };
  })()`)) as Head;
}

test("every page has a title of its own, one heading that it names, and a sentence right below that says what it is for", async () => {
  await using folder = await temporaryFolder();
  const { dashboard, routes, id, job, channel } = await openSetting(folder.path);
  await using _ = dashboard;
  const message = new URLSearchParams({ connection: id, job, id: "m2" });
  const group = new URLSearchParams({ connection: id, group: await readGroup(dashboard, id) });
  const pages: { [route: string]: string } = {
    "/login": "/login",
    "/": "/",
    "/overview": "/overview",
    "/connections/new": "/connections/new",
    "/connections/:id": `/connections/${id}`,
    "/connections/:id/set-up": `/connections/${id}/set-up`,
    "/connections/:id/edit": `/connections/${id}/edit`,
    "/connections/:id/rules": `/connections/${id}/rules`,
    "/connections/:id/remove": `/connections/${id}/remove`,
    "/sources": "/sources",
    "/sources/new": "/sources/new",
    "/sources/:id": `/sources/${id}`,
    "/sources/:id/edit": `/sources/${id}/edit`,
    "/sources/:id/remove": `/sources/${id}/remove`,
    "/sources/:id/write-keys/:keyId/retire": `/sources/${id}/write-keys/first/retire`,
    "/messages": "/messages",
    "/message": `/message?connection=${id}&id=m1`,
    "/delivery": "/delivery",
    "/failed": "/failed",
    "/failed/group": `/failed/group?${group}`,
    "/failed/edit": `/failed/edit?${message}`,
    "/failed/discard": `/failed/discard?connection=${id}`,
    "/refused": "/refused",
    "/replay": "/replay",
    "/replay/dry-run": `/replay/dry-run?connection=${id}`,
    "/erasure": "/erasure",
    "/alerts": "/alerts",
    "/alerts/channels/new": "/alerts/channels/new?kind=webhook",
    "/alerts/channels/:id": `/alerts/channels/${channel}`,
    "/audit": "/audit",
    "/sessions": "/sessions",
    "/try": "/try",
    "/runbook": "/runbook",
    "/styles": "/styles",
  };
  expect([...routes].sort()).toEqual(Object.keys(pages).sort());
  await using tab = await openTab(browser);
  const { page } = tab;
  const heads = new Map<string, Head>();
  for (const [route, path] of Object.entries(pages)) {
    if (route === "/") await logIn(tab, dashboard);
    const reply = await page.goto(dashboard.url + path);
    expect([path, reply?.status(), page.url()]).toEqual([path, 200, dashboard.url + path]);
    heads.set(path, await readHead(page));
  }
  for (const [path, { title, headings, first }] of heads) {
    const [name = "", product, ...more] = title.split(" · ");
    expect([path, product, more]).toEqual([path, "customerio-router", []]);
    // The page of styles shows what a heading looks like.
    expect([path, headings.length]).toEqual([path, path === "/styles" ? 2 : 1]);
    const named = name.replace(/^(Connection|Source) /, "");
    expect([path, headings[0]]).toEqual([path, expect.stringContaining(named)]);
    expect([path, first]).toEqual([path, expect.stringMatching(/^[A-Z\d](\S*\s+){3,}\S.*[.:]( |$)/)]);
  }
  const titles = [...heads.values()].map(({ title }) => title);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});

test("the navigation is one line from 1,200 px on, and what its menu holds is reached by keyboard", async () => {
  await using dashboard = await startDashboard();
  await using tab = await openTab(browser, { viewport: { width: 1_200, height: 800 } });
  const { page } = tab;
  await logIn(tab, dashboard);
  const countLines = async (width: number) => {
    await page.setViewportSize({ width, height: 800 });
    return await page.evaluate(`(() => {
      const parts = [...document.querySelectorAll(".bar > a, nav > a, nav > form, nav summary")];
      const middles = parts.map((part) => part.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2);
      return middles.filter((middle, index) => index === 0 || Math.abs(middle - middles[index - 1]) > 10).length;
    })()`);
  };
  expect(await countLines(390)).toBeGreaterThan(1);
  expect(await countLines(1_200)).toBe(1);

  const menu = page.locator("nav details");
  const link = menu.getByRole("link", { name: "Audit log" });
  await menu.locator("summary").focus();
  await page.keyboard.press("Enter");
  await link.waitFor();
  await page.keyboard.press("Escape");
  await link.waitFor({ state: "hidden" });
  expect(await page.evaluate("document.activeElement.textContent")).toBe("More");
  await page.keyboard.press("Space");
  for (const name of ["Replay", "Erase", "Audit log"]) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe(name);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(`${dashboard.url}/audit`);
  expect(await menu.getByRole("link", { name: "Audit log" }).isHidden()).toBe(true);
  expect(await menu.locator("summary").getAttribute("class")).toBe("current");

  await page.setViewportSize({ width: 390, height: 800 });
  await menu.locator("summary").click();
  const box = await menu.locator(".card").boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
  await page.getByRole("heading", { name: "Audit log" }).click();
  await link.waitFor({ state: "hidden" });
  expect(tab.complaints).toEqual([]);
});
