import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { type DashboardForTests, input, startDashboard } from "./dashboard-for-tests.ts";
import type { Visitor } from "./visitor.ts";

type Shown = {
  name: string;
  displayName: string;
  isPaused: boolean;
  counts: Record<string, number>;
  jobs: { data: unknown }[];
};

async function shownQueues(operator: Visitor, activeQueue = ""): Promise<Shown[]> {
  const query = new URLSearchParams({
    activeQueue: encodeURIComponent(activeQueue),
    page: "1",
    jobsPerPage: "10",
  });
  const { text } = await operator.send("GET", `/queues/api/queues?${query}`);
  return JSON.parse(text).queues;
}

const names = async (operator: Visitor) =>
  (await shownQueues(operator)).map(({ displayName }) => displayName).sort();

async function shows(operator: Visitor, ...expected: string[]): Promise<void> {
  const isShown = async () => JSON.stringify(await names(operator)) === JSON.stringify(expected);
  await waitFor(isShown, { what: `Bull Board to show ${expected}` });
}

async function add(dashboard: DashboardForTests, id: string, message: unknown): Promise<void> {
  await dashboard.backend.queue(id).add("messages", { entries: [{ message }] });
}

test("queues appear, are renamed and vanish in Bull Board with their connections", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  await shows(operator);
  const { id } = await dashboard.store.ensure(input());
  await dashboard.store.ensure(input({ name: "Other", writeKey: "other" }));
  await shows(operator, "Other", "Shop");
  await dashboard.store.update(id, { name: "Renamed" });
  await shows(operator, "Other", "Renamed");
  await dashboard.store.remove(id);
  await shows(operator, "Other");
});

test("two connections that swap their names keep their own queues", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  const { id: one } = await dashboard.store.ensure(input({ name: "One" }));
  const { id: two } = await dashboard.store.ensure(input({ name: "Two" }));
  await add(dashboard, one, { type: "track" });
  await dashboard.store.update(one, { name: "Between" });
  await dashboard.store.update(two, { name: "One" });
  await dashboard.store.update(one, { name: "Two" });
  const waiting = async (name: string) =>
    (await shownQueues(operator)).find(({ displayName }) => displayName === name)?.counts.waiting;
  await waitFor(async () => (await waiting("One")) === 0 && (await waiting("Two")) === 1, {
    what: "the queues under their new names",
  });
});

test.each([
  "Shop",
  "Ünïcode 商店 🛒",
  "R&D (EU) + “quotes” \"'",
  "100%",
  "a/b",
  "a\\b",
  "..",
  "?a=1#b",
  "<b>",
])("the queue of a connection named %s is listed, paused and resumed", async (name) => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  const { id } = await dashboard.store.ensure(input({ name }));
  await shows(operator, name);
  const [shown] = await shownQueues(operator);
  const path = `/queues/api/queues/${encodeURIComponent(shown?.name ?? "")}`;
  expect((await operator.send("PUT", `${path}/pause`)).status).toBe(200);
  expect(await dashboard.backend.queue(id).isPaused()).toBe(true);
  expect((await operator.send("PUT", `${path}/resume`)).status).toBe(200);
  expect(await dashboard.backend.queue(id).isPaused()).toBe(false);
  await add(dashboard, id, { type: "track" });
  const [active] = await shownQueues(operator, shown?.name);
  expect(active?.jobs).toHaveLength(1);
});

test("F34: a write key in a message that intake could not read is hidden, and nothing else is", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  const { id } = await dashboard.store.ensure(input());
  const message = {
    writeKey: "wk_secret",
    type: 7,
    properties: { writeKey: "a property", password: "as sent" },
  };
  await add(dashboard, id, message);
  await dashboard.backend.queue(id).add("by hand", "no entries at all" as never);
  await shows(operator, "Shop");
  const [{ jobs }] = (await shownQueues(operator, "Shop")) as [Shown];
  const shown = jobs.map(({ data }) => data);
  expect(shown).toContainEqual({ entries: [{ message: { ...message, writeKey: "(hidden)" } }] });
  expect(shown).toContainEqual("no entries at all");
});

test("connections made while Redis was away are shown when it is back", async () => {
  await using dashboard = await startDashboard();
  const operator = await dashboard.operator();
  await dashboard.store.ensure(input());
  await shows(operator, "Shop");
  await dashboard.server.kill("SIGKILL");
  await dashboard.server.restart();
  await waitFor(() => dashboard.store.ensure(input({ name: "Later", writeKey: "later" })), {
    what: "Redis to be back",
  });
  await shows(operator, "Later", "Shop");
});

test("F172 a large number in an edited or added job keeps its digits, and what is no JSON is refused in words", async () => {
  await using dashboard = await startDashboard();
  const { id } = await dashboard.store.ensure(input());
  const operator = await dashboard.operator();
  const queue = dashboard.backend.queue(id);
  const { id: jobId = "" } = await queue.add("messages", { entries: [] });
  const shop = "/queues/api/queues/Shop";
  await waitFor(async () => (await operator.get(`${shop}/${jobId}`)).status === 200, { what: "the queue" });
  const message = '{"type":"identify","userId":9007199254740993,"traits":{"score":1e400}}';
  const send = (method: string, path: string, body: string) =>
    operator.send(method, `${shop}${path}`, { body, headers: { "content-type": "application/json" } });

  const edited = await send(
    "PATCH",
    `/${jobId}/update-data`,
    `{"jobData":{"entries":[{"message":${message}}]}}`,
  );
  expect(edited.status).toBe(200);
  expect((await queue.getJob(jobId))?.data.entries).toEqual([
    {
      message: { type: "identify", userId: "9007199254740993", traits: {} },
    },
  ]);
  const added = await send("POST", "/add", `{"name":"by hand","data":${message},"options":{}}`);
  expect(added.status).toBe(200);
  expect((await queue.getJob(JSON.parse(added.text).job.id))?.data).toMatchObject({
    userId: "9007199254740993",
  });
  const broken = await send("POST", "/add", '{"name":"by hand","data":');
  expect(broken).toMatchObject({ status: 400, text: expect.stringContaining("JSON") });
});
