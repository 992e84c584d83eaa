import { expect, onTestFinished, test, vi } from "vitest";
import { createDrainPace } from "../../src/keep/drain-pace.ts";

test("a connection pauses after a failure, then drains half as many jobs at once, and twice as many after each success", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const pace = createDrainPace();
  expect(pace.jobsNow("a")).toBe(500);
  pace.slowDown("a");
  expect([pace.jobsNow("a"), pace.jobsNow("b")]).toEqual([0, 500]);
  vi.advanceTimersByTime(500);
  expect(pace.jobsNow("a")).toBe(250);
  for (let failures = 0; failures < 20; failures++) pace.slowDown("a");
  vi.advanceTimersByTime(500);
  expect(pace.jobsNow("a")).toBe(1);
  pace.speedUp("a");
  expect(pace.jobsNow("a")).toBe(2);
  for (let successes = 0; successes < 20; successes++) pace.speedUp("a");
  expect(pace.jobsNow("a")).toBe(500);
});
