import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { createBodyMemory } from "../../src/limits/body-memory.ts";
import { createBuckets } from "../../src/limits/buckets.ts";
import { createLimits } from "../../src/limits/limits.ts";
import { networkOf } from "../../src/limits/network-of.ts";
import { createSemaphore } from "../../src/limits/semaphore.ts";

/** Buckets fill with time: here it stands still until the test moves it. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

test("a bucket empties by what is taken, each by its own name, and fills with time", () => {
  stopClock();
  const buckets = createBuckets(100);
  buckets.take("a", 500);
  expect(buckets.isEmpty("a")).toBe(true);
  expect(buckets.isEmpty("b")).toBe(false);
  vi.advanceTimersByTime(9);
  expect(buckets.isEmpty("a")).toBe(true);
  vi.advanceTimersByTime(2);
  expect(buckets.isEmpty("a")).toBe(false);
  // It holds five seconds' worth, however long nothing is taken.
  vi.advanceTimersByTime(3_600_000);
  buckets.take("a", 500);
  expect(buckets.isEmpty("a")).toBe(true);
  buckets.take("a", 100);
  vi.advanceTimersByTime(1_000);
  expect(buckets.isEmpty("a")).toBe(true);
  vi.advanceTimersByTime(10);
  expect(buckets.isEmpty("a")).toBe(false);
});

test("a limit of 0 is none", () => {
  const buckets = createBuckets(0);
  buckets.take("a", 1_000_000);
  expect(buckets.isEmpty("a")).toBe(false);
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
])("%s counts for %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test("F32 who sends too many unknown write keys is told to wait, others are not", () => {
  stopClock();
  const limits = createLimits({ perAddress: 0, perKey: 0 });
  for (let guess = 0; guess < 50; guess++) {
    expect(limits.refuseUnknownKey("2001:db8::1")).toBeUndefined();
    limits.countUnknownKey(`2001:db8::${guess.toString(16)}`);
  }
  expect(limits.refuseUnknownKey("2001:db8::ffff")).toMatchObject({ status: 429 });
  expect(limits.refuseUnknownKey("2001:db9::1")).toBeUndefined();
});

test("memory for bodies is taken, refused when there is none, and given back once", () => {
  const memory = createBodyMemory(100, 0);
  const caller = (address: string) => memory.claim({ address, hasKey: true });
  const [first, second, third] = [caller("a"), caller("b"), caller("c")];
  expect([first.take(50), second.take(50), third.take(1)]).toEqual([true, true, false]);
  first.release();
  first.release();
  expect([third.take(50), third.take(1), second.take(1)]).toEqual([true, false, false]);
});

test("F147 callers without a key share a half, each address a quarter, and leave the rest to those with one", () => {
  const memory = createBodyMemory(100, 0);
  const keyless = (address: string) => memory.claim({ address, hasKey: false });
  expect(memory.warnings()).toEqual([]);
  expect([keyless("a").take(20), keyless("a").take(10), keyless("b").take(25)]).toEqual([true, false, true]);
  expect([keyless("c").take(10), memory.claim({ address: "a", hasKey: true }).take(50)]).toEqual([
    false,
    true,
  ]);
  expect(memory.warnings()).toEqual([expect.stringContaining("429")]);
});

test("so many at once run, the others in their turn, also after one that fails", async () => {
  const inTurns = createSemaphore(2);
  let running = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) =>
      inTurns(async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(1);
        running -= 1;
        if (index % 3 === 0) throw new Error("no");
        return index;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(4);
});
