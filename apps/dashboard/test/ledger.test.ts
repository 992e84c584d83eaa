import { waitFor } from "@customerio-router/fixtures";
import { contentOfText, createEnqueuer, createJobAdder } from "@customerio-router/queue";
import { type Account, dayOf, writeDay } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";
import { keys, startRouter } from "./router-for-tests.ts";

const apiToken = "a token of the tests";
const none: Account = {
  received: 0,
  delivered: 0,
  skipped: 0,
  rejected: 0,
  removed: 0,
  waiting: 0,
  unaccounted: 0,
};

function caller(url: string) {
  return async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${apiToken}` };
    const response = await fetch(`${url}/api/ledger${path}`, { method, headers });
    return { status: response.status, json: JSON.parse(await response.text()) };
  };
}

/** A router with a connection that is paused, an operator in Bull Board, and the account as the API gives it. */
async function start() {
  const router = await startRouter({ apiToken, readOnlyPassword: "only looking" });
  onTestFinished(() => router[Symbol.asyncDispose]());
  const { dashboard, trackUrl } = router;
  const create = async () => {
    const saved = await dashboard.store.create({ name: "Shop", ...keys, region: "us", trackUrl });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    return saved.connection;
  };
  const connection = await create();
  const operator = await dashboard.operator();
  const call = caller(dashboard.url);
  const inBoard = async (method: string, path: string, json: object = {}) =>
    (await operator.send(method, `/queues/api/queues/Shop${path}`, { json })).status;
  await waitFor(async () => (await inBoard("PUT", "/pause")) === 200, {
    what: "Bull Board to know the queue",
  });
  let id = connection.id;

  /** Whatever it reads adds up, in total and by day. */
  async function read(): Promise<Account> {
    const { status, json } = await call("GET", `?connection=${id}`);
    expect(status).toBe(200);
    const { received, delivered, skipped, rejected, removed, waiting, unaccounted } = json.total;
    expect(delivered + skipped + rejected + removed + waiting + unaccounted).toBe(received);
    const today = writeDay(dayOf(Date.now()));
    if (received > 0) expect(json.by).toEqual([{ day: today, ...json.total }]);
    return json.total;
  }
  return {
    router,
    operator,
    call,
    inBoard,
    create,
    of(other: string) {
      id = other;
    },
    connection,
    queue: dashboard.backend.queue(connection.id),
    async send(writeKey: string, ...events: string[]) {
      for (const event of events) {
        const call = { userId: "u", event, integrations: event === "Skipped" ? { All: false } : {} };
        expect((await router.send(writeKey, "track", call)).status).toBe(200);
      }
    },
    async expectAccount(expected: Partial<Account>) {
      await expect.poll(read, { timeout: 20_000 }).toEqual({ ...none, ...expected });
    },
  };
}

test("the account adds up while messages wait, are delivered, skipped, rejected, retried, edited and removed", async () => {
  const { router, operator, call, inBoard, queue, connection, send, expectAccount } = await start();
  const { id, writeKey } = connection;
  router.sandbox.faults.set({ faults: [{ names: ["Wrong"], refuse: {} }] });
  await send(writeKey, "Good", "Good", "Skipped", "Wrong", "Wrong", "Wrong");
  await expectAccount({ received: 6, waiting: 6 });
  await inBoard("PUT", "/resume");
  await expectAccount({ received: 6, delivered: 2, skipped: 1, rejected: 3 });
  const [source] = (await call("GET", `?connection=${id}&by=source`)).json.by;

  const reasons = await call("GET", `?connection=${id}&by=reason`);
  expect(reasons.json.by).toEqual([
    { outcome: "rejected", reason: "refused-by-customerio", messages: 3 },
    { outcome: "skipped", reason: "integration-disabled", messages: 1 },
  ]);
  const events = await call("GET", `?connection=${id}&by=event`);
  expect(events.json.by).toContainEqual({
    event: "track Good",
    delivered: 2,
    skipped: 0,
    rejected: 0,
    removed: 0,
  });

  // Each was rejected in a job of its own, or together with others.
  await inBoard("PUT", "/pause");
  const failed = await queue.getJobs(["failed"]);
  for (const job of failed) expect(await inBoard("PUT", `/${job.id}/retry`)).toBeLessThan(300);
  router.sandbox.faults.clear();
  await inBoard("PUT", "/resume");
  await expectAccount({ received: 6, delivered: 5, skipped: 1 });

  await inBoard("PUT", "/pause");
  await send(writeKey, "Edited");
  await waitFor(async () => (await queue.getWaitingCount()) === 1, { what: "the job to be edited" });
  const [edited] = await queue.getJobs(["waiting"]);
  const entry = { message: { type: "track", userId: "u", event: "By hand" } };
  const jobData = { entries: [entry, entry, entry] };
  expect(await inBoard("PATCH", `/${edited?.id}/update-data`, { jobData })).toBeLessThan(300);
  await inBoard("PUT", "/resume");
  await expectAccount({ received: 9, delivered: 8, skipped: 1 });

  await inBoard("PUT", "/pause");
  await send(writeKey, "Removed");
  await waitFor(async () => (await queue.getWaitingCount()) === 1, { what: "the job to be removed" });
  const [removed] = await queue.getJobs(["waiting"]);
  expect(await inBoard("PUT", `/${removed?.id}/clean`)).toBeLessThan(300);
  await expectAccount({ received: 10, delivered: 8, skipped: 1, removed: 1 });
  await send(writeKey, "Emptied", "Emptied");
  await waitFor(async () => (await queue.getWaitingCount()) > 0, { what: "what is to be emptied" });
  expect(await inBoard("PUT", "/empty")).toBeLessThan(300);
  await expectAccount({ received: 12, delivered: 8, skipped: 1, removed: 3 });

  router.sandbox.faults.set({ faults: [{ names: ["Wrong"], refuse: {} }] });
  await inBoard("PUT", "/resume");
  await send(writeKey, "Wrong");
  await expectAccount({ received: 13, delivered: 8, skipped: 1, rejected: 1, removed: 3 });
  await new Promise((resolve) => setTimeout(resolve, 5_100));
  expect(await inBoard("PUT", "/clean/failed")).toBeLessThan(300);
  await expectAccount({ received: 13, delivered: 8, skipped: 1, removed: 4 });
  const bySource = await call("GET", `?connection=${id}&by=source`);
  expect(bySource.json.by).toEqual([
    // The job that was edited by hand lost its source: its first message counts as removed, and three others came.
    { ...none, source: source.source, received: 10, delivered: 5, skipped: 1, removed: 4 },
    { ...none, source: "unknown", received: 3, delivered: 3 },
  ]);
  const ofSource = await call("GET", `?connection=${id}&source=${source.source}`);
  expect(ofSource.json.total).toMatchObject({ received: 10, delivered: 5, removed: 4, waiting: 0 });
  expect((await call("GET", `?connection=${id}&source=none`)).status).toBe(404);
  const page = await operator.send("GET", `/delivery?connection=${id}`);
  expect(page.text).toContain("By source");
  expect(page.text).toContain("Not known");
  const csv = await operator.send("GET", `/delivery.csv?connection=${id}&by=source`);
  expect(csv.text).toContain(`\r\nunknown,3,3,0,0,0,0,0\r\n`);
  const chosen = await operator.send("GET", `/delivery?connection=${id}&source=${source.source}`);
  expect(chosen.text).toContain("of 10 messages were delivered");
  const after = await call("POST", `/check?connection=${id}&by=reason`);
  expect(after).toMatchObject({ status: 200, json: { total: { received: 13, unaccounted: 0 } } });
  expect(Date.parse(after.json.checkedAt)).toBeGreaterThan(Date.now() - 60_000);
  expect(after.json.by).toEqual([
    { outcome: "removed", reason: "deleted", messages: 4 },
    { outcome: "skipped", reason: "integration-disabled", messages: 1 },
  ]);
}, 90_000);

test("a recount finds what another tool deleted, in one connection and in the sum of all", async () => {
  const { router, call, connection, queue, send, expectAccount } = await start();
  const { redis, store } = router.dashboard;
  await send(connection.writeKey, "One", "Two", "Three");
  await expectAccount({ received: 3, waiting: 3 });
  await store.ensure(input({ name: "Another", apiKey: "x" }));
  const [job] = await queue.getJobs(["waiting"]);
  const lost = job?.data.entries.length ?? 0;
  await redis.del(`customerio-router:{${connection.id}}:${job?.id}`);
  await expectAccount({ received: 3, waiting: 3 });
  expect((await call("GET", "")).json).not.toHaveProperty("checkedAt");
  const { status, json } = await call("POST", "/check");
  expect([status, json.total]).toEqual([200, { ...none, received: 3, waiting: 3 - lost, unaccounted: lost }]);
  expect((await call("GET", "")).json).toEqual(json);
  expect(router.dashboard.log).toContain("count again");
}, 60_000);

test("a connection that is deleted and made again begins with nothing, and its predecessor is unknown", async () => {
  const { router, operator, call, connection, create, of, send, expectAccount } = await start();
  await send(connection.writeKey, "One");
  await expectAccount({ received: 1, waiting: 1 });
  await operator.submit(`/connections/${connection.id}/remove`, {});
  await waitFor(async () => (await router.dashboard.store.get(connection.id)) === undefined, {
    what: "the connection to be deleted",
  });
  expect(await call("GET", `?connection=${connection.id}`)).toEqual({
    status: 404,
    json: { error: "No connection with this id." },
  });
  expect((await call("POST", `/check?connection=${connection.id}`)).status).toBe(404);
  expect((await call("GET", "")).json).toEqual({ total: none, by: [] });
  const again = await create();
  of(again.id);
  await expectAccount({});
  await waitFor(async () => (await router.send(again.writeKey, "track", { userId: "u", event: "Two" })).ok, {
    what: "the intake to know the connection",
  });
  await expectAccount({ received: 1, delivered: 1 });
}, 60_000);

test("a connection with something missing, whose messages come all the time, is not counted until they pause", async () => {
  await using dashboard = await startDashboard({ apiToken });
  const { id } = await dashboard.store.ensure(input());
  const entry = { message: { type: "track", userId: "u", event: "One" } };
  const data = JSON.stringify({ entries: [entry] });
  const madeAtMs = Date.now();
  // A job each, so that counting them takes longer than the pauses between others that come.
  const jobs = Array.from({ length: 5_000 }, (_, index) => ({
    id: `g${index}`,
    name: "track",
    data,
    content: contentOfText(data, madeAtMs),
    digests: [`d${index}`],
    madeAtMs,
  }));
  await createJobAdder({ redis: dashboard.redis }).add(id, jobs);
  const [lost] = await dashboard.redis.lrange(`customerio-router:{${id}}:wait`, 0, 0);
  await dashboard.redis.del(`customerio-router:{${id}}:${lost}`);
  let isCounted = false;
  const send = async () => {
    const enqueuer = createEnqueuer({ redis: dashboard.redis });
    while (!isCounted) await enqueuer.enqueue(id, [entry]);
  };
  const adding = Promise.all([send(), send(), send(), send()]);
  const busy = await caller(dashboard.url)("POST", `/check?connection=${id}`);
  isCounted = true;
  await adding;
  expect(busy).toEqual({
    status: 409,
    json: { error: expect.stringMatching(/^Shop could not be counted: .* Pause the connection first/) },
  });
  const after = await caller(dashboard.url)("POST", `/check?connection=${id}`);
  expect(after).toMatchObject({ status: 200, json: { total: { unaccounted: 1 } } });
});

test.each([
  ["?from=yesterday", "`from` must be a UTC day, such as 2026-11-25, or an ISO 8601 time."],
  ["?to=2026-02-30", "`to` must be a UTC day, such as 2026-11-25, or an ISO 8601 time."],
  ["?from=2026-11-26&to=2026-11-25", "`from` must not be after `to`."],
  ["?from=2026-11-25&from=2026-11-26", "`from` must be given once."],
  ["?by=week", "`by` must be day, event, reason or source."],
])("%s is refused: %s", async (query, error) => {
  await using dashboard = await startDashboard({ apiToken });
  const call = caller(dashboard.url);
  expect(await call("GET", query)).toEqual({ status: 400, json: { error } });
  expect(await call("POST", `/check${query}`)).toEqual({ status: 400, json: { error } });
});

test("readers see the account and do not count again; without a token nothing is given", async () => {
  await using dashboard = await startDashboard({ apiToken, readOnlyPassword: "only looking" });
  const { id } = await dashboard.store.ensure(input());
  const reader = dashboard.visitor();
  await reader.submit("/login", { password: "only looking" });
  const today = writeDay(dayOf(Date.now()));
  const query = `?connection=${id}&from=${today}T12:00:00Z&to=${today}&by=event`;
  expect(JSON.parse((await reader.send("GET", `/api/ledger${query}`)).text)).toEqual({ total: none, by: [] });
  expect((await reader.send("POST", `/api/ledger/check?connection=${id}`)).status).toBe(403);
  expect(await dashboard.redis.keys("*ledger*")).toEqual([]);
  expect((await dashboard.visitor().send("GET", "/api/ledger")).status).toBe(401);
  expect((await dashboard.visitor().send("POST", "/api/ledger/check")).status).toBe(401);
});
