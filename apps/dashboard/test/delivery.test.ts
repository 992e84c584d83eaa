import { createEnqueuer } from "@customerio-router/queue";
import { ledgerKeys } from "@customerio-router/redis";
import { dayOf, writeDay } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import type { DashboardOptions } from "../src/dashboard.ts";
import { reasons } from "../src/delivery/reasons.ts";
import { input, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { keys, startRouter } from "./router-for-tests.ts";

const today = dayOf(Date.now());

/** A page as people read it. */
function read(html: string): string {
  return html
    .replace(/<title>.*?<\/title>/g, " ")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&gt;", ">")
    .replaceAll("&lt;", "<")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");
}

/** A router that has delivered, skipped and rejected messages, and an operator who looks at its report. */
async function start(options: Partial<DashboardOptions> = {}) {
  const router = await startRouter(options);
  onTestFinished(() => router[Symbol.asyncDispose]());
  const { dashboard, trackUrl, sandbox } = router;
  const saved = await dashboard.store.create({ name: "Shop", ...keys, region: "us", trackUrl });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const { id, writeKey } = saved.connection;
  sandbox.faults.set({ faults: [{ names: ["Wrong"], refuse: {} }] });
  const track = { type: "track", userId: "u" };
  const batch = [
    { ...track, event: "Good" },
    { ...track, event: 'Mail "ann@example.com", twice' },
    { ...track, event: "Wrong" },
    { ...track, event: "Not for you", integrations: { All: false } },
    { ...track, type: "=1+1" },
  ];
  expect((await router.send(writeKey, "batch", { batch })).status).toBe(200);
  const operator = await dashboard.operator();
  const page = `/delivery?connection=${id}`;
  await expect
    .poll(async () => read((await operator.get(page)).text), { timeout: 20_000 })
    .toContain("+ Waiting 0");
  return { dashboard, id, operator, page };
}

test("the page adds up what was received, says why messages were not delivered, and links to examples", async () => {
  const { operator, page, id } = await start();
  const { text } = await operator.get(page);
  const shown = read(text);
  expect(shown).toContain("40 % of 5 messages were delivered");
  expect(shown).toMatch(/Delivered 2 40 % .*\+ Skipped 1 20 % .*\+ Rejected 2 40 % .*\+ Removed 0 0 % /);
  expect(shown).toMatch(/\+ Waiting 0 0 % .*\+ Unaccounted 0 0 % .*= Received 5 100 % /);
  expect(shown).toContain(`${writeDay(today)} 2 1 2`);
  expect(shown).toContain("Customer.io did not accept the message.");
  expect(shown).toContain("The sender excluded Customer.io from this call.");
  expect(shown).toMatch(/Half within p50 (\d+ ms|[\d.]+ s)/);
  expect(shown).toMatch(/track Good 1 1 0 0 0/);

  // The worker writes records a moment after the outcomes.
  const link = /href="([^"]+)">See an example<span class="unseen"> of ([\w-]+)/g;
  const find = async () => [...(await operator.get(page)).text.matchAll(link)];
  await expect.poll(async () => (await find()).length).toBe(3);
  const examples = await find();
  expect(examples.map(([, , reason]) => reason).sort()).toEqual([
    "integration-disabled",
    "refused-by-customerio",
    "unknown-type",
  ]);
  for (const [, href = "", reason] of examples) {
    const example = await operator.get(href.replaceAll("&amp;", "&"));
    expect(example.status).toBe(200);
    if (reason === "refused-by-customerio") expect(example.text).toContain("Wrong");
    if (reason === "integration-disabled") expect(example.text).toContain("Not for you");
  }
  expect(text).toContain(`href="/failed?connection=${id}"`);
});

test("CSV files have all days, events and reasons, and no formula that a spreadsheet would run", async () => {
  const { operator, page } = await start();
  const csv = async (by: string) => operator.get(`${page.replace("/delivery", "/delivery.csv")}&by=${by}`);
  const events = await csv("event");
  expect(events.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(events.headers.get("content-disposition")).toBe(
    `attachment; filename="delivery-by-event-${writeDay(today - 29)}-${writeDay(today)}.csv"`,
  );
  const [head, ...lines] = events.text.replace("\ufeff", "").trimEnd().split("\r\n");
  expect(head).toBe("event,delivered,skipped,rejected,removed");
  expect(lines.sort()).toEqual([
    '"track Mail ""ann@example.com"", twice",1,0,0,0',
    "'=1+1,0,0,1,0",
    "track Good,1,0,0,0",
    "track Not for you,0,1,0,0",
    "track Wrong,0,0,1,0",
  ]);
  expect((await csv("reason")).text).toContain("rejected,refused-by-customerio,1\r\n");
  const days = (await csv("day")).text.trimEnd().split("\r\n");
  expect(days).toHaveLength(31);
  expect(days[1]).toBe(`${writeDay(today)},5,2,1,2,0,0,0`);
  expect((await csv("week")).status).toBe(400);
});

test("with personal data masked, an email address in the name of an event is not shown", async () => {
  const { operator, page } = await start({ maskPersonalData: true, apiToken: "a token of the tests" });
  const paths = [
    page,
    page.replace("/delivery?", "/delivery.csv?by=event&"),
    page.replace("/delivery?", "/api/ledger?by=event&"),
  ];
  for (const path of paths) {
    const { text } = await operator.get(path);
    expect(text).toContain("Good");
    expect(text, path).not.toContain("ann@example.com");
  }
});

test("an operator counts again and is told what is missing; a reader cannot", async () => {
  await using dashboard = await startDashboard({ readOnlyPassword: "only looking" });
  const { id } = await dashboard.store.ensure(input());
  const enqueuer = createEnqueuer({ redis: dashboard.redis });
  const entry = { message: { type: "track", userId: "u", event: "One" } };
  await enqueuer.enqueue(id, [entry]);
  await enqueuer.enqueue(id, [entry]);
  const operator = await dashboard.operator();
  const day = writeDay(today);
  const count = async () => {
    const { status, location } = await operator.submit("/delivery/check", {
      connection: id,
      from: day,
      to: day,
    });
    expect([status, location]).toEqual([303, `/delivery?connection=${id}&from=${day}&to=${day}&counted=yes`]);
    return read((await operator.get(location ?? "")).text);
  };
  expect(read((await operator.get("/delivery")).text)).toContain(
    "have not been counted one by one yet. Count now",
  );
  expect(await count()).toContain("Counted one by one: no message is missing, of 2 of all time.");
  const [job] = await dashboard.backend.queue(id).getJobs(["waiting"]);
  await dashboard.redis.del(`customerio-router:{${id}}:${job?.id}`);
  const missing = await count();
  expect(missing).toContain("Counted one by one: 1 of 2 messages of all time is missing.");
  expect(missing).toMatch(/\+ Unaccounted 1 50 %/);
  expect(missing).toContain("another tool deleted their keys in Redis, or Redis lost them. Unaccounted 1");
  expect(dashboard.log).toContain("count again");

  const reader = dashboard.visitor();
  await reader.submit("/login", { password: "only looking" });
  const { text } = await reader.get("/delivery");
  expect(read(text)).toMatch(/= Received 2 100 %/);
  expect(text).not.toContain("/delivery/check");
  expect((await reader.submit("/delivery/check", { connection: id })).status).toBe(403);
});

test("without messages the page says what to do; other days, unknown connections and bad days are told apart", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  const shown = async (query = "") => read((await operator.get(`/delivery${query}`)).text);
  expect(await shown()).toContain("There is no connection yet.");
  const { id } = await dashboard.store.ensure(input());
  expect(await shown()).toContain("No message has been received yet.");
  await dashboard.backend.queue(id).add("track", { entries: [{ message: { type: "track", event: "One" } }] });
  await failNext(dashboard.redis, id, "no");
  expect(await shown(`?from=${writeDay(today - 9)}&to=${writeDay(today - 8)}`)).toContain(
    "Of all time, 1 message was received: choose other days.",
  );
  expect(await shown("?from=2020-01-01&to=2099-01-01")).toMatch(/= Received 1 100 %/);
  expect((await operator.get("/delivery?connection=unknown")).status).toBe(404);
  expect((await operator.submit("/delivery/check", { connection: "unknown" })).status).toBe(404);
  const bad = await operator.get("/delivery?from=yesterday");
  expect([bad.status, read(bad.text)]).toEqual([400, expect.stringContaining("from must be a UTC day")]);
});

test("each reason has an explanation and an advice in whole sentences", () => {
  const all = Object.values(reasons).flatMap((of) => Object.values(of));
  expect(all.length).toBeGreaterThan(30);
  for (const { what, todo } of all) expect(`${what} ${todo}`).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
});

test("of many connections the account is shown as it was last read, the page says when, and counting again reads anew", async () => {
  await using dashboard = await startDashboard();
  const ids: string[] = [];
  for (let index = 0; index < 51; index++) {
    ids.push((await dashboard.store.ensure(input({ name: `Shop ${index}` }))).id);
  }
  const [first = ""] = ids;
  const { totals, days, dayPrefix } = ledgerKeys(first);
  const receive = async (messages: number) => {
    await dashboard.redis.hincrby(totals, "received", messages);
    await dashboard.redis.hincrby(`${dayPrefix}${today}`, "received", messages);
    await dashboard.redis.hset(days, String(today), "");
  };
  await receive(3);
  const operator = await dashboard.operator();
  const look = async (path: string) => read((await operator.get(path)).text);
  expect(await look("/delivery")).toContain("of 3 messages");
  await receive(4);
  expect(await look("/delivery")).toMatch(/of 3 messages .*they were read at \d\d:\d\d:\d\d UTC/);
  expect(await look("/delivery?counted=yes")).toContain("of 7 messages");
  expect(await look("/delivery")).toContain("of 7 messages");
  const one = await look(`/delivery?connection=${first}`);
  expect(one).toContain("of 7 messages");
  expect(one).not.toContain("were read at");
  expect(await look("/overview?range=week")).toContain("they were read at");
});
