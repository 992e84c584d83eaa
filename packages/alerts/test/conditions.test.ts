import { type Connection, createConnectionStore } from "@customerio-router/connections";
import { ledgerKeys } from "@customerio-router/redis";
import { type ConnectionReport, dayMs, dayOf, startCounts } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { findConnectionAlerts } from "../src/conditions/find-connection-alerts.ts";
import { findAllHourlyAlerts } from "../src/conditions/find-hourly-alerts.ts";
import { defaultAlertSettings as settings } from "../src/index.ts";
import { redisForTests, secretKey } from "./redis-for-tests.ts";

const context = redisForTests();
const nowMs = Date.now();
const attempts = { why: "HTTP 500", tries: 3, nextTryAtMs: nowMs };

async function connect(): Promise<Connection> {
  const store = createConnectionStore({ redis: context.redis, secretKey });
  return await store.ensure({ name: "Shop", siteId: "s", apiKey: "k", region: "us" });
}

function find(report: Partial<ConnectionReport>, { workers = 1 } = {}) {
  const complete: ConnectionReport = {
    id: "shop",
    state: { state: "active" },
    messagesWaiting: 3,
    messagesFailed: 0,
    oldestWaitingAtMs: undefined,
    nextTryAtMs: undefined,
    worker: undefined,
    ...report,
  };
  const alive = Array.from({ length: workers }, (_, index) => ({ id: `w${index}` }));
  const reports = { workers: alive, connections: [complete] };
  return findConnectionAlerts({ connections: [], reports, settings }, nowMs).map(({ condition, detail }) => [
    condition,
    detail,
  ]);
}

test("a connection's state is told with its reason and what waits", () => {
  const refused = { state: "keys-refused", sinceMs: nowMs, ...attempts, why: "HTTP 401" } as const;
  expect(find({ state: refused })).toEqual([["keys-refused", "HTTP 401. 3 messages wait."]]);
  expect(find({ state: { state: "needs-attention", why: "Not the Track API" } })).toEqual([
    ["needs-attention", "Not the Track API. 3 messages wait."],
  ]);
  expect(find({ state: { state: "no-worker" } })).toEqual([
    ["no-owner", "No worker delivers it. 3 messages wait."],
  ]);
  expect(find({ state: { state: "active" } })).toEqual([]);
});

test("retrying is told once it lasts, and nothing of the state while no worker is alive", () => {
  const since = (sinceMs: number) => ({ state: { state: "retrying", ...attempts, sinceMs } }) as const;
  expect(find(since(nowMs - settings.retryingMs + 1))).toEqual([]);
  expect(find(since(nowMs - settings.retryingMs))).toMatchObject([
    ["retrying", expect.stringMatching(/HTTP 500/)],
  ]);
  expect(find(since(0), { workers: 0 })).toEqual([]);
});

test("a message that waits too long is told, unless the connection is paused", () => {
  const oldestWaitingAtMs = nowMs - settings.oldestWaitingMs;
  expect(find({ oldestWaitingAtMs })).toEqual([
    ["waiting-long", "The oldest message has waited for 15 minutes. 3 messages wait."],
  ]);
  expect(find({ oldestWaitingAtMs: oldestWaitingAtMs + 1 })).toEqual([]);
  expect(find({ oldestWaitingAtMs, state: { state: "paused" } })).toEqual([]);
});

test.each([
  [{ delivered: 0, rejected: 19 }, []],
  [{ delivered: 19, rejected: 1 }, []],
  [
    { delivered: 18, rejected: 2 },
    [
      "2 of 20 messages (10 %) were rejected within the last hour; a message that is retried counts each time.",
    ],
  ],
])("of %j the share of rejected messages is judged", async (numbers, details) => {
  const connection = await connect();
  const counts = startCounts({ redis: context.redis });
  counts.add(connection.id, "received", 20);
  counts.add(connection.id, "delivered", numbers.delivered);
  counts.add(connection.id, "rejected", numbers.rejected);
  await counts[Symbol.asyncDispose]();
  const found = await findAllHourlyAlerts(context.redis, [connection], settings);
  expect(found.map(({ detail }) => detail)).toEqual(details);
});

test.each([
  [7, ["gone-quiet"]],
  [5, ["gone-quiet"]],
  [4, []],
])("a connection that was busy on %i of the last 7 days is quiet: %j", async (busyDays, conditions) => {
  const connection = await connect();
  const { days, dayPrefix } = ledgerKeys(connection.id);
  for (let ago = 1; ago <= busyDays; ago += 1) {
    for (const atMs of [nowMs - ago * dayMs, nowMs - ago * dayMs - settings.quietMs]) {
      const hour = Math.floor((atMs % dayMs) / 3_600_000);
      await context.redis.hset(`${dayPrefix}${dayOf(atMs)}`, `${hour}:received`, 50);
      await context.redis.hset(days, String(dayOf(atMs)), "");
    }
  }
  const find = async () => {
    const found = await findAllHourlyAlerts(context.redis, [connection], settings);
    return found.map(({ condition }) => condition);
  };
  expect(await find()).toEqual(conditions);
  const counts = startCounts({ redis: context.redis });
  counts.add(connection.id, "received", 1);
  await counts[Symbol.asyncDispose]();
  expect(await find()).toEqual([]);
});
