import { createSourceStore } from "@customerio-router/connections";
import { ledgerKeys } from "@customerio-router/redis";
import { appendRecords, dayOf } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { type DashboardForTests, input, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { record } from "./record.ts";

async function withShop(dashboard: DashboardForTests) {
  const { id } = await dashboard.store.ensure(input());
  return { id, operator: await dashboard.operator() };
}

test("messages are listed newest first, and filtered by type, person and outcome", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const rejection = { reason: "refused-by-customerio", message: "Customer.io rejected it: no `name`" };
  await appendRecords(dashboard.redis, id, [
    record("m1"),
    record("m2", { outcome: "rejected", rejection, atMs: Date.parse("2026-01-02T03:05:00Z") }),
    record("m3", { message: { type: "page", messageId: "m3", anonymousId: "anon-7", name: "Home" } }),
  ]);
  const shown = async (query = "") =>
    [...(await operator.get(`/messages?${query}`)).text.matchAll(/data-message="\S+ (\w+)"/g)].map(
      ([, messageId]) => messageId,
    );
  expect(await shown()).toEqual(["m2", "m3", "m1"]);
  expect(await shown("type=page")).toEqual(["m3"]);
  expect(await shown("outcome=rejected")).toEqual(["m2"]);
  expect(await shown("person=anon-7")).toEqual(["m3"]);
  expect(await shown("person=anon")).toEqual([]);
  expect(await shown("person=userId123&outcome=delivered")).toEqual(["m1"]);
  expect(await shown("connection=unknown")).toEqual([]);
  expect((await operator.get("/messages")).text).toContain("no <code>name</code>");
});

test("an empty list says what its filters mean, and leads to what a person may have meant", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const message = {
    type: "track",
    messageId: "m1",
    userId: "zoe-17",
    event: "Order Completed",
    properties: { order_id: 'A-"1"' },
    timestamp: "2025-12-25T00:30:00+01:00",
    receivedAt: new Date().toISOString(),
  };
  await appendRecords(dashboard.redis, id, [record("m1", { message })]);
  const { days, dayPrefix } = ledgerKeys(id);
  const day = dayOf(Date.now());
  await dashboard.redis.hset(days, day, "");
  await dashboard.redis.hset(`${dayPrefix}${day}`, { received: 1, "delivered||track Order Completed": 1 });
  /** Where the link with this text leads. */
  const follow = async (path: string, text: string) => {
    const { text: page } = await operator.get(path);
    expect(page).not.toContain("data-message=");
    const links = [...page.matchAll(/<a href="(\/messages[^"]*)">(.*?)<\/a>/g)];
    const [, href = ""] = links.find(([, , shown]) => shown?.includes(text)) ?? [];
    return (await operator.get(href.replaceAll("&amp;", "&"))).text;
  };
  const row = `data-message="${id} m1"`;
  expect((await operator.get("/messages?person=zoe")).text).toContain("not by a part of it");
  expect(await follow("/messages?event=order", "track Order Completed")).toContain(row);
  const onTheDay = "/messages?person=zoe-17&from=2025-12-24T00:00&to=2025-12-25T00:00";
  expect(await follow(onTheDay, "when it happened")).toContain(row);
  expect(
    await follow(
      onTheDay.replace("from=2025-12-24", "from=2025-12-23").replace("-25", "-24"),
      "when it happened",
    ),
  ).not.toContain(row);
  const reversed = await operator.get("/messages?from=2026-01-02T00:00&to=2026-01-01T00:00");
  expect(reversed.text).toContain("The end is not after the beginning.");
  const order = new URLSearchParams({ messageId: 'A-"1"' });
  expect(await follow(`/messages?${order}`, "order_id")).toContain(row);
  const gone = (await operator.get("/message?connection=c123&id=m1")).location ?? "";
  expect((await operator.get(gone)).text).toContain("The connection was deleted");
  const [, everywhere = ""] =
    /href="([^"]+)">Search all connections/.exec((await operator.get(gone)).text) ?? [];
  expect((await operator.get(everywhere)).location).toContain(`/message?connection=${id}&id=m1`);
});

test("what was imported or sent late is listed with the time at which it happened", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const at = (messageId: string, timestamp: string | number) =>
    record(messageId, { message: { type: "track", messageId, userId: "u", event: messageId, timestamp } });
  await appendRecords(dashboard.redis, id, [at("m1", "2026-01-02T03:00:00Z"), at("m2", 1_766_577_600)]);
  const { text } = await operator.get("/messages");
  expect([...text.matchAll(/happened <time datetime="([^"]+)"/g)].map(([, time]) => time)).toEqual([
    "2025-12-24T12:00:00.000Z",
  ]);
});

test("an email address leads to the messages of its user id, as identify calls name both", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const zoe = { type: "identify", messageId: "m1", userId: "zoe<17>", traits: { email: "Zoe@example.com" } };
  await appendRecords(dashboard.redis, id, [record("m1", { message: zoe })]);
  await appendRecords(dashboard.redis, id, [
    record("m2", { message: { ...zoe, type: "track", messageId: "m2", event: "Order", traits: undefined } }),
  ]);
  const byEmail = (await operator.get("/messages?person=ZOE@example.com&event=Order")).text;
  expect(byEmail).not.toContain("data-message=");
  const [, path = ""] = /also called <a href="([^"]+)">zoe&lt;17&gt;<\/a>/.exec(byEmail) ?? [];
  const byId = (await operator.get(path.replaceAll("&amp;", "&"))).text;
  expect([...byId.matchAll(/data-message="\S+ (\w+)"/g)].map(([, found]) => found)).toEqual(["m2"]);
  expect(byId).toContain(">zoe@example.com</a>");
  expect((await operator.get("/messages?person=userId123")).text).not.toContain("also called");
});

test("messages are filtered by the source they came from, and a message names it", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const saved = await createSourceStore(dashboard.redis).create({ name: "App <1>", kind: "mobile" });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const { id: app } = saved.source;
  await appendRecords(dashboard.redis, id, [
    record("m1", { from: { source: app, kind: "mobile" } }),
    record("m2", { from: { source: id } }),
    record("m3"),
  ]);
  const list = (await operator.get(`/messages?source=${app}`)).text;
  expect([...list.matchAll(/data-message="\S+ (\w+)"/g)].map(([, messageId]) => messageId)).toEqual(["m1"]);
  expect(list).toContain(`<option value="${app}" selected>App &lt;1&gt;</option>`);
  const shown = (await operator.get(`/message?connection=${id}&id=m1`)).text;
  expect(shown).toContain(`<a href="/sources/${app}">App &lt;1&gt;</a> (mobile)`);
});

test("messages are filtered by a condition, and one that is none is said to be", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  await appendRecords(dashboard.redis, id, [
    record("m1"),
    record("m2", { message: { type: "track", messageId: "m2" } }),
  ]);
  const search = (where: string) => operator.get(`/messages?${new URLSearchParams({ where })}`);
  const { text } = await search("message.properties.total > 10.0");
  expect([...text.matchAll(/data-message="\S+ (\w+)"/g)].map(([, messageId]) => messageId)).toEqual(["m1"]);
  const wrong = await search("message.properties.<script>");
  expect(wrong.status).toBe(400);
  expect(wrong.text).toMatch(/This is no condition: .* \(character \d+\)/);
  expect(wrong.text).toContain('name="where" value="message.properties.&lt;script&gt;"');
  expect(wrong.text).not.toContain("data-message=");
  expect(wrong.text).not.toContain("<script>");
});

test("one message is shown as received, as mapped and why, with each request and what limits changed", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const event = "x".repeat(101);
  const message = {
    type: "track",
    messageId: "m1",
    userId: "userId123",
    event,
    timestamp: "2026-01-01T00:00:00Z",
  };
  const attempts = [
    { atMs: 1, durationMs: 30, status: 503, decision: "deferred", why: "Customer.io answered 503" },
    { atMs: 2, durationMs: 40, status: 200, decision: "settled" },
  ];
  await appendRecords(dashboard.redis, id, [record("m1", { message, attempts, requests: 2 })]);
  const { location } = await operator.get("/messages?messageId=m1");
  const { text } = await operator.get(location ?? "");
  expect(text).toContain("Customer.io accepted it (200) at the 2nd request.");
  expect(text).toContain("Deferred: sent again later");
  expect(text).toContain("Customer.io answered 503");
  expect(text).toMatch(/is cut: a name may have at most 100 bytes/);
  expect(text).toMatch(/<code>userId<\/code> is the person/);
  const [, ulid = ""] = /ULID: Customer.io shows each only once<\/dt><dd><code>(\w{26})/.exec(text) ?? [];
  expect(text).toContain(`&quot;${ulid}&quot;`);
  expect(text).toContain(`href="/queues/queue/Shop/g1"`);
});

test("a message leads to its person's others, says what date Customer.io has, and what changed since it was sent", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const message = { type: "track", userId: "zoe 17", event: "E", timestamp: "2026-01-01T00:00:00Z" };
  const at = async (messageId: string, operations: unknown[]) => {
    await appendRecords(dashboard.redis, id, [
      record(messageId, { message: { ...message, messageId }, operations }),
    ]);
    return (await operator.get(`/message?connection=${id}&id=${messageId}`)).text;
  };
  const sent = { type: "person", action: "event", identifiers: { id: "zoe 17" }, name: "E" };
  const changed = "present rules and settings would make of it";
  const text = await at("m1", [{ ...sent, name: "Former", timestamp: 1_767_225_600 }]);
  expect(text).toContain('<a href="/messages?person=zoe+17">zoe 17</a>');
  expect(text).toContain('Customer.io dates it <time datetime="2026-01-01T00:00:00.000Z"');
  expect(text).toContain(changed);
  expect(text).not.toContain("Settled");
  const [, ulid = ""] = /shows each only once<\/dt><dd><code>(\w{26})/.exec(text) ?? [];
  const same = { type: "person", action: "event", identifiers: { id: "zoe 17" }, name: "E", id: ulid };
  expect(await at("m1", [{ ...same, timestamp: 1_767_225_600, attributes: {} }])).not.toContain(changed);
});

test("a message that waits, and one that failed longer ago than records reach, are found in their jobs", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const queue = dashboard.backend.queue(id);
  const message = { type: "track", messageId: "m1", userId: "u", event: "Clicked Button" };
  await queue.add("track", { entries: [{ message }] });
  expect((await operator.get("/messages")).text).toContain('class="state waiting"');
  const { location } = await operator.get("/messages?messageId=m1");
  expect((await operator.get(location ?? "")).text).toContain("It waits in the queue");

  const rejected = { reason: "no-name", message: "It has no name." };
  const job = await failNext(dashboard.redis, id, "It has no name.", [{ message, rejected }]);
  const { text } = await operator.get(`/message?connection=${id}&id=m1&job=${job}`);
  expect(text).toContain('class="state rejected"');
  expect(text).toContain("It has no name.");
});

test("an id that is not known is told so with what may be the cause; ids that browsers would fold are found", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const strange = ["..", ".", "a/b", "%2e%2e", "💥", '"><script>'];
  await appendRecords(
    dashboard.redis,
    id,
    strange.map((messageId) => record(messageId)),
  );
  expect((await operator.get("/messages?messageId=unknown")).text).toContain("No message with this id");
  for (const messageId of strange) {
    const { location } = await operator.get(`/messages?${new URLSearchParams({ messageId })}`);
    expect((await operator.get(location ?? "")).text).toContain("Customer.io accepted it (200).");
  }
});

test("a message is searched for further back, page by page", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  for (let group = 0; group < 12; group++) {
    const records = Array.from({ length: 10 }, (_, index) => record(`m${group * 10 + index}`));
    await appendRecords(dashboard.redis, id, records);
  }
  const seen: string[] = [];
  for (let path: string | undefined = `/messages?connection=${id}`; path; ) {
    const { text } = await operator.get(path);
    seen.push(...[...text.matchAll(/data-message="\S+ (m\d+)"/g)].map(([, messageId]) => messageId ?? ""));
    path = /href="([^"]*before=[^"]*)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }
  expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => `m${119 - index}`));
});

test("a masked dashboard shows what happened, but nobody's data, in Bull Board and exports neither", async () => {
  await using dashboard = await startDashboard({ maskPersonalData: true, apiToken: "a token of the tests" });
  const { id, operator } = await withShop(dashboard);
  const message = {
    type: "track",
    messageId: "m1",
    userId: "userId123",
    event: "Clicked Button",
    properties: { email: "ann@example.com", card: 4_111_111_111_111_111 },
    context: { ip: "203.0.113.9", traits: { phone: "+15551234" } },
  };
  await appendRecords(dashboard.redis, id, [record("m1", { message })]);
  const rejected = { reason: "refused", message: "ann@example.com is not allowed" };
  await dashboard.backend.queue(id).add("track", { entries: [{ message, rejected }] });
  const job = await failNext(dashboard.redis, id, "refused");
  const bare = { ...message, message: { name: "ann@example.com" }, rejected: [{ id: "ann@example.com" }] };
  await dashboard.backend.queue(id).add("track", bare as never);
  const pages = [
    "/messages",
    `/message?connection=${id}&id=m1`,
    "/failed",
    `/failed/export?connection=${id}`,
    "/api/messages/m1",
    "/queues/api/queues?activeQueue=Shop&page=1&jobsPerPage=10",
    `/queues/api/queues/Shop/${job}`,
  ];
  for (const path of pages) {
    const { text, status } = await operator.get(path);
    expect(status).toBe(200);
    expect(text).not.toMatch(/userId123|ann@example|4111111111111111|203\.0\.113|5551234/);
  }
  expect((await operator.get("/messages")).text).toContain("Clicked Button");
  const edit = await operator.send("PATCH", `/queues/api/queues/Shop/${job}/update-data`, {
    json: { jobData: { entries: [{ message: { ...message, userId: "us•••" } }] } },
  });
  expect(edit).toMatchObject({ status: 400, text: expect.stringContaining("masked") });
});

test("messages are filtered by event, reason and the time of receipt, in Redis as in the archive", async () => {
  await using dashboard = await startDashboard();
  const { id, operator } = await withShop(dashboard);
  const message = (messageId: string, event: string, receivedAt: string) => ({
    message: { type: "track", messageId, userId: "u", event, receivedAt },
  });
  await appendRecords(dashboard.redis, id, [
    record("m1", message("m1", "Order Completed", "2026-01-01T23:59:59.000Z")),
    record("m2", message("m2", "Order Completed", "2026-01-02T00:00:00.000Z")),
    record("m3", message("m3", "Cart Viewed", "2026-01-02T01:00:00.000Z")),
    record("m4", {
      ...message("m4", "Order Completed", "2026-01-02T02:00:00.000Z"),
      outcome: "skipped",
      reason: "integration-disabled",
    }),
  ]);
  const found = async (query: string) => {
    const { text } = await operator.get(`/messages?${query}`);
    return [...text.matchAll(/data-message="\S+ (\w+)"/g)].map(([, messageId]) => messageId);
  };
  expect(await found("event=Order+Completed")).toEqual(["m4", "m2", "m1"]);
  expect(await found("event=track+Cart+Viewed")).toEqual(["m3"]);
  expect(await found("from=2026-01-02T00:00&to=2026-01-02T02:00")).toEqual(["m3", "m2"]);
  expect(await found("reason=integration-disabled")).toEqual(["m4"]);
  const { text } = await operator.get("/messages?reason=integration-disabled&from=2026-01-02T00:00");
  expect(text).toContain('name="from" value="2026-01-02T00:00"');
  expect(text).toContain("The sender excluded Customer.io from this call.");
});

test("of many connections each message is listed once, page by page, also those of one millisecond", async () => {
  await using dashboard = await startDashboard();
  const atMs = Date.now() - 60_000;
  for (let index = 0; index < 30; index++) {
    const { id } = await dashboard.store.ensure(input({ name: `Shop ${index}` }));
    const names = Array.from({ length: 6 }, (_, at) => `m${index * 6 + at}`);
    // Of the first 15 connections all are of the same millisecond, more than a page has.
    const records = names.map((name, at) =>
      record(name, { atMs: index < 15 ? atMs : atMs - 500 + index + at }),
    );
    await appendRecords(dashboard.redis, id, records);
  }
  const operator = await dashboard.operator();
  const pages: string[][] = [];
  for (let path: string | undefined = "/messages"; path !== undefined && pages.length < 10; ) {
    const { text } = await operator.get(path);
    pages.push([...text.matchAll(/data-message="\S+ (\w+)"/g)].map(([, found = ""]) => found));
    path = /href="(\/messages\?[^"]*before=[^"]*)">Search older/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }
  expect(pages[0]).toHaveLength(90);
  const all = Array.from({ length: 180 }, (_, index) => `m${index}`);
  expect(pages.flat().toSorted()).toEqual(all.toSorted());
});
