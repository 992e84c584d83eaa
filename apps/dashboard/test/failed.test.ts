import type { Entry } from "@customerio-router/queue";
import { UnrecoverableError } from "bullmq";
import { expect, test } from "vitest";
import { type DashboardForTests, input, startDashboard } from "./dashboard-for-tests.ts";

const refused = { reason: "refused-by-customerio", message: "Customer.io refused it: no such event" };
const noName = { reason: "no-name", message: "`event` is missing.", field: "event" };

function entry(messageId: string, rejected: Entry["rejected"]): Entry {
  return {
    message: { type: "track", messageId, userId: "u1", event: "Clicked Button" },
    ...(rejected && { rejected }),
  };
}

async function fail({ backend }: DashboardForTests, id: string, entries: Entry[]): Promise<string> {
  await backend.queue(id).add("track", { entries });
  const job = await backend.worker(id).getNextJob("token", { block: false });
  await job?.moveToFailed(new UnrecoverableError(entries[0]?.rejected?.message ?? ""), "token", false);
  return job?.id ?? "";
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
  const groups = [...text.matchAll(/group=([\w-]+)">([^\n]*?)<\/a>[\s\S]*?class="number">(\d+)</g)];
  expect(groups.map(([, , reason, count]) => [reason, count])).toEqual([
    [refused.message, "3"],
    ["<code>event</code> is missing.", "1"],
  ]);
  const group = await operator.get(`/failed/group?connection=${id}&group=${groups[1]?.[1]}`);
  expect(group.text).toContain(`/queues/queue/Shop/${jobs[1]}`);
  expect(group.text).toContain("id=m3");
  expect(group.text).not.toContain("id=m4");
});

test("one job, a group and all are retried, and go to wait", async () => {
  const { dashboard, id, jobs, counts, operator } = await start();
  await using _ = dashboard;
  const retry = (fields: { [name: string]: string }) =>
    operator.submit("/failed/retry", { connection: id, ...fields });
  expect((await retry({ job: jobs[0] ?? "" })).location).toBe(`/failed?connection=${id}&retried=1`);
  expect(await counts()).toEqual({ waiting: 1, failed: 2 });
  const group = /group=([\w-]+)"><code>event/.exec((await operator.get("/failed")).text)?.[1] ?? "";
  await retry({ group });
  expect(await counts()).toEqual({ waiting: 2, failed: 1 });
  await fail(dashboard, id, [entry("m5", refused)]);
  const { location } = await retry({});
  expect((await operator.get(location ?? "")).text).toMatch(/\d jobs? waits? again/);
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
