import { startWatching } from "@customerio-router/alerts";
import { startReceiver, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openTab, startBrowser } from "./browser.ts";
import {
  type DashboardForTests,
  input,
  loginCode,
  secretKey,
  startDashboard,
} from "./dashboard-for-tests.ts";

const apiToken = "a token of the tests";
const token = "token-in-the-path";

async function open() {
  await using opening = new AsyncDisposableStack();
  const dashboard = opening.use(
    await startDashboard({ secretKey, apiToken, readOnlyPassword: "may only look" }),
  );
  const opened = opening.move();
  const headers = { authorization: `Bearer ${apiToken}` };
  return {
    dashboard,
    async call(method: string, path: string, json?: unknown) {
      const { status, text } = await dashboard
        .visitor()
        .send(method, `/api/alerts${path}`, { headers, ...(json !== undefined && { json }) });
      return { status, text, json: text === "" ? undefined : JSON.parse(text) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function watch({ redis, store }: DashboardForTests) {
  const errors: unknown[] = [];
  const watching = startWatching({
    redis,
    store,
    secretKey,
    archiveCutMs: undefined,
    onError: (error) => errors.push(error),
  });
  return { errors, [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() };
}

test("by machine: thresholds, channels with a test, silences, the pause, what fires and what was told", async () => {
  await using context = await open();
  const { call, dashboard } = context;
  await using receiver = await startReceiver();
  expect((await call("GET", "")).json).toEqual({ watching: false, firing: [] });
  expect((await call("PUT", "/settings", { holdMs: 1 })).json).toEqual({
    error: "Not saved.",
    problems: [{ field: "holdMs", message: "Enter at least 1000 ms." }],
  });
  const saved = await call("PUT", "/settings", { holdMs: 1_000, off: ["redis-unsafe"] });
  expect([saved.status, saved.json.rejectedPercent]).toEqual([200, 5]);
  expect((await call("GET", "/settings")).json).toEqual(saved.json);

  const refused = await call("POST", "/channels", { kind: "webhook", name: "Chat", url: "x" });
  expect([refused.status, refused.json.problems[0].field]).toEqual([422, "url"]);
  const made = await call("POST", "/channels", {
    kind: "webhook",
    name: "Chat",
    url: `${receiver.url}/${token}`,
  });
  expect([made.status, made.json.secret]).toEqual([201, expect.stringMatching(/^whsec_/)]);
  const { id } = made.json;
  expect((await call("POST", `/channels/${id}/test`)).json).toEqual({
    ok: true,
    message: "The test was delivered.",
  });
  expect((await call("PATCH", `/channels/${id}`, { name: "Night chat" })).json).toMatchObject({
    name: "Night chat",
  });
  const shown = await call("GET", "/channels");
  expect(shown.json.channels).toMatchObject([{ id, name: "Night chat", kind: "webhook" }]);
  for (const secret of [token, made.json.secret]) expect(shown.text + dashboard.log).not.toContain(secret);

  const until = new Date(Date.now() + 3_600_000).toISOString();
  const silence = await call("POST", "/silences", { until, condition: "no-intake", note: "Known" });
  expect([silence.status, silence.json]).toEqual([
    201,
    expect.objectContaining({ until, condition: "no-intake" }),
  ]);
  expect((await call("PATCH", `/silences/${silence.json.id}`, { note: "Still" })).json.note).toBe("Still");
  expect((await call("GET", `/silences/${silence.json.id}`)).json.note).toBe("Still");
  expect((await call("GET", "/silences")).json.silences).toHaveLength(1);
  expect((await call("POST", "/silences", { until })).status).toBe(422);
  expect((await call("PUT", "/pause", { until, note: "Upgrade" })).json).toEqual({ until, note: "Upgrade" });
  expect((await call("GET", "")).json.pause).toEqual({ until, note: "Upgrade" });
  expect((await call("DELETE", "/pause")).status).toBe(204);
  expect((await call("GET", "/pause")).status).toBe(404);

  await using watching = watch(dashboard);
  await waitFor(
    async () => (await call("GET", "/history")).json.history[0]?.deliveries[0]?.state === "delivered",
    {
      what: "an alert",
    },
  );
  expect((await call("GET", "/history")).json.history).toMatchObject([
    { event: "begun", condition: "no-worker", deliveries: [{ channel: id, state: "delivered", tries: 1 }] },
  ]);
  const { json } = await call("GET", "");
  expect(json.firing).toMatchObject([
    { condition: "no-worker", muted: false },
    { condition: "no-intake", muted: true },
  ]);
  expect((await call("DELETE", `/silences/${silence.json.id}`)).status).toBe(204);
  expect((await call("DELETE", `/channels/${id}`)).status).toBe(204);
  for (const path of [`/channels/${id}`, `/silences/${silence.json.id}`]) {
    expect((await call("GET", path)).status).toBe(404);
    expect((await call("PATCH", path, {})).status).toBe(404);
    expect((await call("DELETE", path)).status).toBe(404);
  }
  expect(watching.errors).toEqual([]);
});

test("readers see alerts without secrets, and change nothing", async () => {
  await using context = await open();
  const { dashboard, call } = context;
  const made = await call("POST", "/channels", {
    kind: "webhook",
    name: "Chat",
    url: `https://a.example/${token}`,
  });
  const reader = dashboard.visitor();
  await reader.submit("/login", { password: "may only look" });
  const page = await reader.get("/alerts");
  expect(page.text).toContain("a.example");
  expect(page.text).not.toMatch(/token-in-the-path|whsec_|<form method="post" action="\/alerts/);
  expect((await reader.get("/api/alerts/channels")).text).not.toMatch(/token-in-the-path|whsec_/);
  for (const path of [
    "settings",
    "silences",
    "pause",
    "channels",
    "channels/test",
    `channels/${made.json.id}`,
  ]) {
    expect((await reader.submit(`/alerts/${path}`, {})).status, path).toBe(403);
  }
  expect((await reader.get(`/alerts/channels/${made.json.id}`)).status).toBe(403);
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const operator = await dashboard.operator();
  expect((await operator.submit("/alerts/pause", { hours: "1" }, foreign)).status).toBe(403);
});

test("an operator adds a channel, tests it, silences and sets a threshold by keyboard alone", async () => {
  await using context = await open();
  const { dashboard, call } = context;
  await dashboard.store.ensure(input());
  await using receiver = await startReceiver();
  await using resources = new AsyncDisposableStack();
  const browser = await startBrowser();
  resources.defer(() => browser.close());
  const tab = resources.use(await openTab(browser));
  const { page } = tab;
  await page.goto(`${dashboard.url}/login?code=${loginCode}`);
  await page.goto(`${dashboard.url}/alerts`);
  /** Tabs until what is focused has this name. */
  const reach = async (name: string) => {
    for (let presses = 0; presses < 120; presses += 1) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(
        "(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent?.trim()",
      );
      if (focused === name) return;
    }
    throw new Error(`${name} cannot be reached by keyboard`);
  };
  await reach("Add a webhook");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "New webhook" }).waitFor();
  await reach("Name");
  await page.keyboard.type("Pager");
  await reach("URL");
  await page.keyboard.type(`${receiver.url}/${token}`);
  await reach("Save");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Signing secret of Pager" }).waitFor();
  await reach("Test Pager");
  await page.keyboard.press("Enter");
  await page.getByText("The test was delivered.").waitFor();
  expect(receiver.received).toHaveLength(1);
  expect(await page.content()).not.toMatch(/token-in-the-path|whsec_/);

  await reach("Silence a condition or a connection");
  await page.keyboard.press("Enter");
  await reach("Connection");
  await page.keyboard.type("Shop");
  await reach("Silence");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "End the silence of Shop" }).waitFor();
  await reach("holdMs");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("7");
  await reach("Save the conditions");
  await page.keyboard.press("Enter");
  await page.getByText("Enter at least 1000 ms.").first().waitFor();
  await reach("holdMs");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("20000");
  await page.keyboard.press("Enter");
  await waitFor(async () => (await call("GET", "/settings")).json.holdMs === 20_000, {
    what: "the threshold",
  });
  expect((await call("GET", "/settings")).json.off).toEqual([]);
  // The 422 is what the browser complains of.
  expect(tab.complaints.filter((text) => !text.includes("422"))).toEqual([]);
});
