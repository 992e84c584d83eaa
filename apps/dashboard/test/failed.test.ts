import type { Entry } from "@customerio-router/messages";
import { appendRecords } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { type DashboardForTests, input, startDashboard } from "./dashboard-for-tests.ts";
import { failNext } from "./fail-next.ts";
import { record } from "./record.ts";

const refused = { reason: "refused-by-customerio", message: "Customer.io rejected it: no such event" };
const noName = { reason: "no-name", message: "`event` is missing.", field: "event" };

function entry(messageId: string, rejected: Entry["rejected"]): Entry {
  return {
    message: { type: "track", messageId, userId: "u1", event: "Clicked Button" },
    ...(rejected && { rejected }),
  };
}

async function fail({ backend, redis }: DashboardForTests, id: string, entries: Entry[]): Promise<string> {
  await backend.queue(id).add("track", { entries });
  return await failNext(redis, id, entries[0]?.rejected?.message ?? "");
}

async function start() {
  const dashboard = await startDashboard({ readOnlyPassword: "only looking" });
  const { id } = await dashboard.store.ensure(input());
  const jobs = [
    await fail(dashboard, id, [entry("m1", refused), entry("m2", refused)]),
    await fail(dashboard, id, [entry("m3", noName)]),
    await fail(dashboard, id, [entry("m4", refused)]),
  ];
  const counts = () => dashboard.backend.queue(id).getJobCounts("waiting", "failed");
  return { dashboard, id, jobs, counts, operator: await dashboard.operator() };
}

test("failed messages are grouped by reason with their counts, and a group shows its messages", async () => {
  const { dashboard, id, jobs, operator } = await start();
  await using _ = dashboard;
  const { text } = await operator.get("/failed");
  const groups = [
    ...text.matchAll(/failed\/group[^"]*group=([\w-]+)">([^\n]*?)<\/a>[\s\S]*?class="number">(\d+)</g),
  ];
  expect(groups.map(([, , reason, count]) => [reason, count])).toEqual([
    [refused.message, "3"],
    ["<code>event</code> is missing.", "1"],
  ]);
  const group = await operator.get(`/failed/group?connection=${id}&group=${groups[1]?.[1]}`);
  expect(group.text).toContain(`/message?connection=${id}&amp;id=m3&amp;job=${jobs[1]}`);
  expect(group.text).toContain("Ask your developers to send <code>event</code>");
  expect(group.text).not.toContain("id=m4");
});

test("one job, a group and all are retried, and go to wait; messages are counted", async () => {
  const { dashboard, id, jobs, counts, operator } = await start();
  await using _ = dashboard;
  const retry = (fields: { [name: string]: string }) =>
    operator.submit("/failed/retry", { connection: id, ...fields });
  expect((await retry({ job: jobs[0] ?? "" })).location).toMatch(
    new RegExp(`^/failed\\?connection=${id}&retried=2&retry=[0-9a-f]{24}$`),
  );
  expect(await counts()).toEqual({ waiting: 1, failed: 2 });
  const group = /group=([\w-]+)"><code>event/.exec((await operator.get("/failed")).text)?.[1] ?? "";
  await retry({ group });
  expect(await counts()).toEqual({ waiting: 2, failed: 1 });
  await fail(dashboard, id, [entry("m5", refused)]);
  const { location } = await retry({});
  expect((await operator.get(location ?? "")).text).toContain("Retrying 3 messages.");
  expect((await counts()).failed).toBe(0);
});

test("failed messages are exported as NDJSON, all or a group", async () => {
  const { dashboard, id, operator } = await start();
  await using _ = dashboard;
  const lines = async (path: string) =>
    (await operator.get(path)).text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const all = await lines(`/failed/export?connection=${id}`);
  expect(all.map(({ messageId }) => messageId).sort()).toEqual(["m1", "m2", "m3", "m4"]);
  expect(all.find(({ messageId }) => messageId === "m3")).toMatchObject({
    connection: "Shop",
    ...noName,
    received: { type: "track", userId: "u1" },
  });
  const group = /group=([\w-]+)"><code>event/.exec((await operator.get("/failed")).text)?.[1];
  expect(await lines(`/failed/export?connection=${id}&group=${group}`)).toHaveLength(1);
});

test("a job in Bull Board links back to its message, and several to all messages", async () => {
  const { dashboard, id, jobs, operator } = await start();
  await using _ = dashboard;
  const link = async (jobId = "") =>
    JSON.parse((await operator.get(`/queues/api/queues/Shop/${jobId}`)).text).job.externalUrl.href;
  expect(await link(jobs[1])).toBe(`/message?connection=${id}&id=m3`);
  expect(await link(jobs[0])).toBe(`/messages?connection=${id}`);
});

test("a reader sees everything and changes nothing, Bull Board included", async () => {
  const { dashboard, id, jobs, counts } = await start();
  await using _ = dashboard;
  const reader = dashboard.visitor();
  await reader.submit("/login", { password: "only looking" });
  for (const path of ["/", "/overview", "/messages", "/failed", "/try", `/connections/${id}`, "/queues"]) {
    expect((await reader.get(path)).status).toBe(200);
  }
  expect((await reader.get("/failed")).text).not.toContain("Retry");
  for (const form of ["discard", "edit"]) {
    const { status } = await reader.get(`/failed/${form}?connection=${id}&job=${jobs[0]}&id=m1`);
    expect(status).toBe(403);
  }
  const { text } = await reader.get("/queues/api/queues?page=1&jobsPerPage=10");
  expect(JSON.parse(text).queues[0].readOnlyMode).toBe(true);
  for (const path of ["/failed/retry", "/connections", `/connections/${id}/remove`, "/try/send"]) {
    expect((await reader.submit(path, { connection: id })).status).toBe(403);
  }
  for (const [method, path] of [
    ["PUT", `Shop/${jobs[0]}/retry`],
    ["PUT", "Shop/pause"],
    ["PATCH", `Shop/${jobs[0]}/update-data`],
    ["POST", "Shop/add"],
  ] as const) {
    expect((await reader.send(method, `/queues/api/queues/${path}`)).status).toBe(403);
  }
  expect((await reader.send("DELETE", `/api/connections/${id}`)).status).toBe(403);
  expect(await counts()).toEqual({ waiting: 0, failed: 3 });
  expect((await reader.submit("/try", { connection: id, call: "{}" })).status).toBe(200);
});

function group(messageId: string, { groupId = "acme", at = "10:00" } = {}): Entry {
  const receivedAt = `2026-01-02T${at}:00.000Z`;
  const message = {
    type: "group",
    messageId,
    userId: `user of ${messageId}`,
    groupId,
    traits: {},
    receivedAt,
  };
  return { message, rejected: refused };
}

/** Writes down that this was delivered, or rejected, a second after it came. */
async function recordOf(
  { redis }: DashboardForTests,
  id: string,
  { message }: Entry,
  more: { outcome: "delivered" } | { outcome: "rejected"; jobId: string },
): Promise<void> {
  const { messageId, receivedAt } = message as { messageId: string; receivedAt: string };
  await appendRecords(redis, id, [
    record(messageId, { message, atMs: Date.parse(receivedAt) + 1_000, ...more }),
  ]);
}

test("F80 what a retry would turn back is said before, and can be left out, by group and of all", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  await recordOf(dashboard, id, group("before", { at: "09:00" }), { outcome: "delivered" });
  const failed = async (entry: Entry) => {
    const jobId = await fail(dashboard, id, [entry]);
    await recordOf(dashboard, id, entry, { outcome: "rejected", jobId });
    return jobId;
  };
  const overtaken = await failed(group("old"));
  await failed(group("of another", { groupId: "globex" }));
  await failed({
    message: {
      type: "track",
      messageId: "t",
      userId: "user of new",
      event: "E",
      receivedAt: "2026-01-02T10:00:00.000Z",
    },
  });
  expect((await operator.get("/failed")).text).not.toMatch(/overwrites|without them/);

  await recordOf(dashboard, id, group("new", { at: "11:00" }), { outcome: "delivered" });
  const { text } = await operator.get("/failed");
  expect(text).toMatch(
    /1 failed job changes a person or object .* newer, delivered message .*: a retry overwrites/,
  );
  expect(text).not.toContain("may have changed since");
  const key = /group=([\w-]+)"/.exec(text)?.[1] ?? "";
  const page = await operator.get(`/failed/group?connection=${id}&group=${key}`);
  expect(page.text).toContain("Retry without them");

  const queue = dashboard.backend.queue(id);
  await operator.submit("/failed/retry", { connection: id, group: key, without: "overtaken" });
  expect((await queue.getFailed()).map((job) => job.id)).toContain(overtaken);
  await operator.submit("/failed/retry", { connection: id, without: "overtaken" });
  expect((await queue.getFailed()).map((job) => job.id)).toEqual([overtaken]);
  await operator.submit("/failed/retry", { connection: id });
  expect(await queue.getFailedCount()).toBe(0);
});

test("F80 where records do not reach back it is said that nobody knows, and those are left out too", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const jobId = await fail(dashboard, id, [group("old")]);
  await fail(dashboard, id, [entry("event", refused)]);
  for (const _ of ["without any record", "with later ones only"]) {
    expect((await operator.get("/failed")).text).toMatch(/1 failed job changes .* may have changed since/);
    await recordOf(dashboard, id, group("of another", { groupId: "globex", at: "12:00" }), {
      outcome: "delivered",
    });
  }
  await operator.submit("/failed/retry", { connection: id, without: "overtaken" });
  const failed = await dashboard.backend.queue(id).getFailed();
  expect(failed.map((job) => job.id)).toEqual([jobId]);
});

test("F80 a delete is overtaken by whatever its person sent since, an identify only by a delete, a device by itself", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input({ settings: { destructiveEvents: true } }));
  const operator = await dashboard.operator();
  let number = 0;
  const call = (userId: string, at: string, more: object): Entry => ({
    message: { messageId: `c${number++}`, userId, receivedAt: `2026-01-02T${at}:00.000Z`, ...more },
  });
  const event = { type: "track", event: "E" };
  const identify = { type: "identify", traits: { plan: "pro" } };
  const remove = { type: "track", event: "User Deleted" };
  const device = (token: string) => ({
    type: "track",
    event: "Device Created or Updated",
    context: { device: { token, type: "ios" } },
  });
  const page = { source: "pages", kind: "browser" } as const;
  const pairs: [earlier: object, later: object, isOvertaken: boolean, from?: Entry["from"]][] = [
    [remove, event, true],
    [identify, event, false],
    [identify, identify, false],
    [identify, remove, true],
    [device("t1"), event, false],
    [device("t2"), device("t2"), true],
    [event, identify, false],
    // Of a page it deletes nobody.
    [remove, event, false, page],
  ];
  const expected: string[] = [];
  const jobs: string[] = [];
  for (const [index, [earlier, later, isOvertaken, from]] of pairs.entries()) {
    const before = { ...call(`u${index}`, "10:00", earlier), ...(from && { from }) };
    const jobId = await fail(dashboard, id, [before]);
    jobs.push(jobId);
    if (isOvertaken) expected.push(jobId);
    await recordOf(dashboard, id, before, { outcome: "rejected", jobId });
    await recordOf(dashboard, id, call(`u${index}`, "11:00", later), { outcome: "delivered" });
  }
  await operator.submit("/failed/retry", { connection: id, without: "overtaken" });
  const left = (await dashboard.backend.queue(id).getFailed()).map((job) => job.id ?? "");
  expect(jobs.map((job) => left.includes(job))).toEqual(pairs.map(([, , isOvertaken]) => isOvertaken));
  expect(left.toSorted()).toEqual(expected.toSorted());
});
