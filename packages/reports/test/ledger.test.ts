import { startRedis } from "@customerio-router/fixtures";
import {
  connectRedis,
  countsPrefix,
  defineScript,
  ledgerKeys,
  type RedisClient,
} from "@customerio-router/redis";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  changesOfOutcomes,
  dayMs,
  dayOf,
  latencyBoundsMs,
  packDays,
  quantilesOf,
  raising,
  readBySource,
  readDay,
  readHours,
  readLedgers,
  splitByReason,
  sumLatency,
} from "../src/index.ts";

const hourMs = 60 * 60 * 1000;
const enter = defineScript<null>(
  "enterForTests",
  `${raising}
   raiseAll(KEYS[1], KEYS[2], ARGV, 1)`,
);

async function open(): Promise<RedisClient> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  onTestFinished(() => void redis.disconnect());
  await redis.ping();
  return redis;
}

/** Enters that messages got their outcomes at a time, each after so many milliseconds. */
async function settle(
  redis: RedisClient,
  connectionId: string,
  { nowMs, afterMs, isSkipped = false }: { nowMs: number; afterMs: number[]; isSkipped?: boolean },
): Promise<void> {
  const settled = afterMs.map((ms) => ({
    entry: { message: { type: "track", event: "Bought", receivedAt: new Date(nowMs - ms).toISOString() } },
    outcome: isSkipped ? { kind: "skipped" as const, reason: "same-person" } : { kind: "delivered" as const },
  }));
  const changes = changesOfOutcomes(settled, { madeAtMs: nowMs, nowMs });
  const received = afterMs.flatMap((ms) => [dayOf(nowMs - ms), "received", 1, "", "", "received", 1, ""]);
  const keys = [ledgerKeys(connectionId).totals, countsPrefix(connectionId)];
  await enter(redis, keys, [...received, ...changes]);
}

test("hours say what was delivered in them and how long it took, also once their day is packed", async () => {
  const redis = await open();
  const noonMs = dayOf(Date.now()) * dayMs - 3 * dayMs + 12 * hourMs;
  await settle(redis, "one", { nowMs: noonMs, afterMs: [50, 80, 400] });
  await settle(redis, "one", { nowMs: noonMs + 2 * hourMs, afterMs: [20 * hourMs], isSkipped: true });
  const read = () => readHours(redis, "one", { fromMs: noonMs + 1, toMs: noonMs + 2 * hourMs });
  const hours = await read();
  expect(hours.map(({ atMs }) => (atMs - noonMs) / hourMs)).toEqual([0, 1, 2]);
  expect(hours.map(({ delivered, skipped }) => [delivered, skipped])).toEqual([
    [3, 0],
    [0, 0],
    [0, 1],
  ]);
  expect(hours[0]?.latency.slice(0, 4)).toEqual([2, 0, 1, 0]);
  await packDays(redis, "one");
  expect(await redis.exists(`${ledgerKeys("one").dayPrefix}${dayOf(noonMs)}`)).toBe(0);
  expect(await read()).toEqual(hours);
  expect(await readHours(redis, "one", { fromMs: Date.now(), toMs: Date.now() - dayMs })).toEqual([]);
});

test("half, 95 % and 99 % of messages are delivered within the upper bound of their bucket", () => {
  const of = (counts: { [bucket: number]: number }) =>
    quantilesOf(Array.from({ length: latencyBoundsMs.length + 1 }, (_, bucket) => counts[bucket] ?? 0));
  expect(of({})).toBeUndefined();
  expect(of({ 0: 1 })).toEqual({ p50: 100, p95: 100, p99: 100 });
  expect(of({ 0: 50, 3: 45, 5: 4, 8: 1 })).toEqual({ p50: 100, p95: 1_000, p99: 5_000 });
  expect(of({ 0: 1, 13: 1 })).toEqual({ p50: 100, p95: Infinity, p99: Infinity });
  expect(sumLatency([])).toHaveLength(14);
  expect(sumLatency([[1, 2], [3]]).slice(0, 3)).toEqual([4, 2, 0]);
});

test("the ledgers of several connections add up, day by day", async () => {
  const redis = await open();
  const nowMs = Date.now();
  await settle(redis, "one", { nowMs, afterMs: [1, 2] });
  await settle(redis, "two", { nowMs, afterMs: [1], isSkipped: true });
  const both = await readLedgers(redis, ["one", "two"], {});
  expect(both.total).toMatchObject({ received: 3, delivered: 2, skipped: 1, waiting: 0 });
  expect(splitByReason(both.days)).toEqual([{ outcome: "skipped", reason: "same-person", messages: 1 }]);
  expect(both).not.toHaveProperty("checkedAtMs");
  const today = dayOf(nowMs);
  const ofDays = await readLedgers(redis, ["one", "two"], { from: today - 1, to: today });
  expect(ofDays.total).toEqual(both.total);
  expect((await readLedgers(redis, ["one"], { to: today - 2 })).total.received).toBe(0);
  await redis.hset(ledgerKeys("one").totals, "checkedAtMs", 5);
  expect(await readLedgers(redis, ["one", "two"], {})).not.toHaveProperty("checkedAtMs");
  await redis.hset(ledgerKeys("two").totals, "checkedAtMs", 4);
  expect(await readLedgers(redis, ["one", "two"], {})).toHaveProperty("checkedAtMs", 4);
});

test("the sources of several connections add up to what these received, of all time and of days, also once packed", async () => {
  const redis = await open();
  const today = dayOf(Date.now());
  const of = (day: number, source: string, received: number) => [
    ...[day, "received", received, "", "", "received", received, ""],
    ...[`${day}~${source}`, "received", received, "", `~${source}`, "received", received, ""],
    ...[day, `${day}~${source}`].flatMap((where) => [where, "delivered||", received, "track Bought"]),
  ];
  const keys = (id: string) => [ledgerKeys(id).totals, countsPrefix(id)];
  await enter(redis, keys("one"), [
    ...of(today - 5, "web", 3),
    ...of(today, "app", 4),
    today,
    "received",
    1,
    "",
  ]);
  await enter(redis, keys("one"), ["", "received", 1, ""]);
  await enter(redis, keys("two"), [...of(today - 5, "web", 10), ...of(today - 1, "web", 20)]);
  for (const id of ["one", "two"]) await packDays(redis, id);
  await enter(redis, keys("two"), of(today - 5, "web", 100));
  const rows = async (query: { from?: number; to?: number; source?: string }) =>
    (await readBySource(redis, ["one", "two", "three"], query)).map(({ source, received, delivered }) => [
      source,
      received,
      delivered,
    ]);
  expect(await rows({})).toEqual([
    ["web", 133, 0],
    ["app", 4, 0],
    ["unknown", 1, 0],
  ]);
  expect(await rows({ from: today - 5, to: today - 2 })).toEqual([["web", 113, 113]]);
  expect(await rows({ from: today })).toEqual([
    ["app", 4, 4],
    ["unknown", 1, 0],
  ]);
  expect(await rows({ from: today - 1, source: "web" })).toEqual([["web", 20, 20]]);
  const { total, ofAllTime } = await readLedgers(redis, ["one", "two"], { from: today });
  expect([total.received, ofAllTime.received]).toEqual([5, 138]);
});

describe("a day", () => {
  const ofDecember = dayOf(Date.UTC(2026, 11, 1));

  test.each([
    ["2026-12-01", ofDecember],
    ["2026-12-01T23:59:59.999Z", ofDecember],
    ["2026-12-01T23:00:00-05:00", ofDecember + 1],
    ["2024-02-29", dayOf(Date.UTC(2024, 1, 29))],
    ["2026-02-30", undefined],
    ["2026-02-30T00:00:00Z", undefined],
    ["2026-12", undefined],
    ["1 December 2026", undefined],
    ["1764547200", undefined],
    ["", undefined],
  ])("named as %j is %j", (text, day) => {
    expect(readDay(text)).toBe(day);
  });
});
