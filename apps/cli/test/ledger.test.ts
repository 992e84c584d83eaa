import { createConnectionStore, createSourceStore } from "@customerio-router/connections";
import { createBackend, createEnqueuer, openJobQueue, startLeases } from "@customerio-router/queue";
import { dayOf, writeDay } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key for tests, 32 characters";
const today = writeDay(dayOf(Date.now()));
const none = { received: 0, delivered: 0, skipped: 0, rejected: 0, removed: 0, waiting: 0, unaccounted: 0 };

/** Two connections: of Shop's four messages two are delivered and one is rejected, one waits; Blog has none. */
async function start() {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey });
  const ids = [];
  for (const name of ["Shop", "Blog"]) {
    const saved = await store.create({ name, siteId: `site-${name}`, apiKey: "key", region: "us" });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    ids.push(saved.connection.id);
  }
  const [shop = "", blog = ""] = ids;
  const enqueuer = createEnqueuer({ redis });
  const events = ["Bought", "Bought", "\u001b[31mRed", "Left"];
  const [source] = await createSourceStore(redis).list();
  for (const event of events) {
    // Of the last one no source is known, as of messages of an earlier version.
    const from = event !== "Left" && source && { source: source.id };
    await enqueuer.enqueue(shop, [{ message: { type: "track", userId: "u", event }, ...(from && { from }) }]);
  }
  const leases = startLeases({ redis, onLost: () => {} });
  const lease = await leases.acquire(shop);
  if (!lease) throw new Error("somebody else holds the lease");
  onTestFinished(() => leases.close());
  const queue = openJobQueue({ redis, lease });
  const { jobs } = await queue.take(3);
  const rejection = { reason: "no-user", message: "no" };
  for (const [index, job] of jobs.entries()) {
    const [entry = { message: {} }] = job.data.entries;
    const traces = "{}";
    if (index < 2) {
      const settled = [{ entry, outcome: { kind: "delivered" as const } }];
      await queue.settle(job, { settled, traces, state: "completed", result: null });
    } else {
      const settled = [{ entry, outcome: { kind: "rejected" as const, rejection } }];
      const entries = [{ ...entry, rejected: rejection }];
      await queue.settle(job, { settled, traces, state: "failed", entries, reason: "no" });
    }
  }
  const run = (...args: string[]) => runCommand(["ledger", ...args], { env: { REDIS_URL: url } });
  return { redis, shop, blog, run };
}

const ofShop = { ...none, received: 4, delivered: 2, rejected: 1, waiting: 1 };

test("ledger prints a sum that adds up and its split; without a connection one line each", async () => {
  const { redis, shop, blog, run } = await start();
  expect((await run("shop")).stdout).toBe(`Shop, all time

  delivered    2
+ skipped      0
+ rejected     1
+ removed      0
+ waiting      1
+ unaccounted  0
----------------
= received     4

Day         Received  Delivered  Skipped  Rejected  Removed  Waiting  Unaccounted
${today}         4          2        0         1        0        1            0
`);
  expect((await run()).stdout).toBe(`All connections, all time

Connection  Received  Delivered  Skipped  Rejected  Removed  Waiting  Unaccounted
Blog               0          0        0         0        0        0            0
Shop               4          2        0         1        0        1            0
Sum                4          2        0         1        0        1            0
`);
  const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout);
  expect(await json("Shop", "--by", "reason")).toEqual({
    id: shop,
    name: "Shop",
    total: ofShop,
    by: [{ outcome: "rejected", reason: "no-user", messages: 1 }],
  });
  expect(await json("--from", today, "--to", `${today}T10:00:00Z`)).toEqual({
    total: ofShop,
    connections: [
      { id: blog, name: "Blog", total: none },
      { id: shop, name: "Shop", total: ofShop },
    ],
  });
  expect(await json("Shop", "--to", "2020-01-01")).toMatchObject({ total: none, by: [] });
  const byEvent = (await run("Shop", "--by", "event", "--from", today)).stdout;
  expect(byEvent).toContain(`Shop, received since ${today} UTC`);
  expect(byEvent).toMatch(/^track Bought +2 +0 +0 +0$/m);
  expect(byEvent).toContain("track \ufffd[31mRed");

  const [{ id: source, name } = { id: "", name: "" }] = await createSourceStore(redis).list();
  const ofSource = { ...none, received: 3, delivered: 2, rejected: 1 };
  expect(await json("Shop", "--source", name)).toMatchObject({ total: ofSource });
  expect(await json("--source", source, "--from", today)).toMatchObject({ total: ofSource });
  expect((await run("Shop", "--source", source)).stdout).toContain(`Shop from ${name}, all time`);
  expect(await json("Shop", "--by", "source")).toMatchObject({
    by: [
      { source, ...ofSource },
      { source: "unknown", ...none, received: 1, waiting: 1 },
    ],
  });
  const bySource = (await run("--by", "source")).stdout;
  expect(bySource).toContain("Source   Received");
  expect(bySource).toMatch(new RegExp(`^${name} +3 `, "m"));
});

test("ledger --check counts first, says what it found, and fails when something is unaccounted for", async () => {
  const { redis, shop, run } = await start();
  const fine = await run("Shop", "--check");
  expect(fine.code).toBe(0);
  expect(fine.stdout).toMatch(/^Counted one by one: all 4 messages are accounted for\.\n\nShop, all time/);
  expect(fine.stdout).toMatch(/Counted one by one at \d{4}-.*Z\.\n$/);
  const [job] = await createBackend(redis).queue(shop).getJobs(["waiting"]);
  await redis.del(`customerio-router:{${shop}}:${job?.id}`);
  const lost = await run("--check");
  expect(lost).toMatchObject({ code: 1, stderr: "" });
  expect(lost.stdout).toMatch(/^Counted one by one: 1 of 4 messages is unaccounted for/);
  expect(lost.stdout).toMatch(/^Sum +4 +2 +0 +1 +0 +0 +1$/m);
  const json = await run("Shop", "--check", "--json");
  expect([json.code, JSON.parse(json.stdout).total]).toEqual([1, { ...ofShop, waiting: 0, unaccounted: 1 }]);
});

test.each([
  [["Shopp"], /^ledger: there is no connection "Shopp"/],
  [["--from", "yesterday"], /'--from <day>' argument 'yesterday' is invalid\. It must be a UTC day/],
  [["--from", "2026-11-26", "--to", "2026-11-25"], /^ledger: --from must not be after --to/],
  [["--source", "Nowhere"], /^ledger: there is no source "Nowhere"/],
  [
    ["--by", "week"],
    /'--by <split>' argument 'week' is invalid\. Allowed choices are day, event, reason, source/,
  ],
])("ledger %j is refused with a sentence", async (args, sentence) => {
  const { url } = await startRedisForTest();
  const { code, stdout, stderr } = await runCommand(["ledger", ...args], { env: { REDIS_URL: url } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(sentence);
});

test("ledger says that there is no connection where there is none", async () => {
  const { url } = await startRedisForTest();
  expect(await runCommand(["ledger", "--check"], { env: { REDIS_URL: url } })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("There is no connection."),
  });
});
