import { openArchive, writeLine } from "@customerio-router/archive";
import { createRuleStore } from "@customerio-router/connections";
import { temporaryFolder } from "@customerio-router/fixtures";
import { changeReplay, recount, startReplay } from "@customerio-router/queue";
import { appendRecords, holdArchiveMark } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { openTab, startBrowser } from "./browser.ts";
import { input, password, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { record } from "./record.ts";

/** Each would set `window.ran` where it is taken for markup or script. */
const payloads = [
  "<script>window.ran=1</script>",
  "<ScRiPt>window.ran=1</sCrIpT>",
  "<script src=data:text/javascript,window.ran=1></script>",
  "</title><script>window.ran=1</script>",
  "</pre></code><script>window.ran=1</script>",
  "</textarea><script>window.ran=1</script>",
  "</script><script>window.ran=1</script>",
  "--><script>window.ran=1</script>",
  "]]><script>window.ran=1</script>",
  "<img src=x onerror=window.ran=1>",
  "<img src=x onerror='window.ran=1'//",
  '"><img src=x onerror=window.ran=1>',
  "'><img src=x onerror=window.ran=1>",
  '" autofocus onfocus=window.ran=1 x="',
  "' onmouseover='window.ran=1",
  "` onload=window.ran=1 `",
  "<svg onload=window.ran=1>",
  "<svg><script>window.ran=1</script></svg>",
  "<svg><animate onbegin=window.ran=1 attributeName=x dur=1s>",
  "<math><mtext><img src=x onerror=window.ran=1></mtext></math>",
  "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
  "<body onload=window.ran=1>",
  "<details open ontoggle=window.ran=1>",
  "<video><source onerror=window.ran=1></video>",
  "<a href=javascript:window.ran=1>x</a>",
  "javascript:window.ran=1",
  "<meta http-equiv=refresh content='0;url=javascript:window.ran=1'>",
  "{{constructor.constructor('window.ran=1')()}}",
  "$" + "{window.ran=1}",
  "&lt;script&gt;window.ran=1&lt;/script&gt;\n<script>window.ran=1</script>",
];

test("F35: 30 payloads as names, ids, events, traits and reasons run nothing, on no page and not in the live view", async () => {
  await using folder = await temporaryFolder();
  const archive = await openArchive({ url: "file:", dataDir: folder.path, onWarning: () => {} });
  await using dashboard = await startDashboard({ archive });
  await archive?.ensureMark("ours");
  await holdArchiveMark(dashboard.redis, "ours");
  const browser = await startBrowser();
  await using _ = { [Symbol.asyncDispose]: () => browser.close() };
  await using tab = await openTab(browser);
  const { page } = tab;
  await page.goto(`${dashboard.url}/login`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${dashboard.url}/`);

  const { id } = await dashboard.store.ensure(input({ name: payloads[0] ?? "" }));
  const queue = dashboard.backend.queue(id);
  const messageOf = (payload: string) => ({
    type: "page",
    messageId: payload,
    userId: payload,
    event: payload,
    name: payload,
    traits: { [payload]: payload },
  });
  const records = payloads.map((payload) => {
    const rejection = { reason: payload, message: payload, field: payload };
    const attempts = [{ atMs: 1, durationMs: 1, decision: payload, why: payload }];
    return record(payload, { message: messageOf(payload), outcome: "rejected", rejection, attempts });
  });
  await page.goto(`${dashboard.url}/messages`);
  await page.waitForTimeout(1_500);
  await appendRecords(dashboard.redis, id, records);
  await page.locator("tr[data-message]").nth(29).waitFor();
  await queue.addBulk(
    payloads.map((payload) => ({
      name: payload,
      data: {
        entries: [
          { message: messageOf(payload), rejected: { reason: payload, message: payload, field: payload } },
        ],
      },
    })),
  );
  for (const payload of payloads) {
    await failNext(dashboard.redis, id, payload);
  }
  const at = "2026-01-02T00:00:00.000Z";
  const lines = payloads.slice(0, 3).map((payload) => {
    const line = { messageId: payload, receivedAt: at, settledAt: at, outcome: "delivered" } as const;
    const operations = [{ type: "person", action: payload, name: payload }];
    return writeLine({
      ...line,
      requests: 1,
      attempts: [],
      operations,
      ulids: [],
      jobId: payload,
      message: messageOf(payload),
    });
  });
  await archive?.writeCut(id, { first: 1, last: 1 }, [lines], { mayWrite: () => true });
  for (const payload of payloads) {
    const filter = { event: payload, person: `id:${payload}`, source: payload };
    const file = { name: payload, bytes: 1, sha256: "" };
    const wish = { sourceId: id, file, filter, withState: false, asNew: false, startedBy: payload };
    await changeReplay(dashboard.redis, await startReplay(dashboard.redis, id, wish), "pause");
  }
  await createRuleStore({ redis: dashboard.redis }).put(id, {
    version: 0,
    rules: payloads.map((payload) => ({
      name: payload.slice(0, 58).replaceAll("\n", " "),
      if: `message.event == ${JSON.stringify(payload)}`,
      then: { set: { field: "properties.x", value: payload } },
    })),
  });
  const paths = [
    "/",
    "/sources",
    `/sources/${id}`,
    `/sources/${id}/edit`,
    `/sources/${id}/remove`,
    "/overview",
    "/messages",
    "/delivery",
    "/replay",
    "/erasure",
    "/alerts",
    "/audit",
    `/replay/dry-run?connection=${id}`,
    "/failed",
    `/connections/${id}`,
    `/connections/${id}/edit`,
    `/connections/${id}/rules`,
  ];
  paths.push(`/connections/${id}/remove`, "/queues");
  for (const payload of payloads) {
    paths.push(`/message?${new URLSearchParams({ connection: id, id: payload })}`);
  }
  const all = payloads.join(" ");
  paths.push(`/messages?${new URLSearchParams({ person: all, messageId: all, type: all })}`);
  await page.goto(`${dashboard.url}/failed`);
  paths.push((await page.locator(".groups a[href*=group]").first().getAttribute("href")) ?? "");
  await recount(dashboard.redis, id);
  await page.goto(`${dashboard.url}/delivery`);
  expect(await page.locator(".reasons tbody tr").count()).toBe(payloads.length);
  expect((await page.locator(".events tbody th").allTextContents()).join(" ")).toContain("window.ran");
  for (const path of paths) {
    await page.goto(dashboard.url + path, { waitUntil: "domcontentloaded" });
    expect(await page.evaluate("window.ran"), path).toBeUndefined();
  }
  await page.goto(`${dashboard.url}/`);
  await page.getByRole("link", { name: /^Queue of/ }).click();
  await page.getByText("Failed at").first().waitFor();
  expect(await page.evaluate("window.ran")).toBeUndefined();

  await page.goto(`${dashboard.url}/try`);
  await page.getByLabel("Call, as JSON").fill(JSON.stringify(messageOf(all)));
  await page.getByRole("button", { name: "Show what Customer.io would get" }).click();
  await page.getByRole("heading", { name: "Why" }).waitFor();
  expect(await page.evaluate("window.ran")).toBeUndefined();
  expect(tab.complaints).toEqual([]);
}, 60_000);

test("the page of styles shows every colour of the theme", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  const theme = (await operator.get("/assets/dashboard.css")).text;
  const names = [...theme.matchAll(/^ {2}(--[\w-]+): light-dark/gm)].map(([, name]) => name);
  const { text } = await operator.get("/styles");
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !text.includes(`<code>${name}</code>`))).toEqual([]);
});
