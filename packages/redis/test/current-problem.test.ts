import { expect, onTestFinished, test, vi } from "vitest";
import { createCurrentProblem } from "../src/health/current-problem.ts";
import { replica } from "../src/problems/redis-problems.ts";

const silent = { info() {}, warn() {}, error() {} };

test("the log says for how long Redis was away", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const lines: string[] = [];
  const problem = createCurrentProblem({ ...silent, info: (line) => void lines.push(line) });
  problem.set(undefined);
  problem.set(undefined);
  vi.advanceTimersByTime(5_000);
  problem.set({ sentence: "Redis is away.", isLasting: false });
  vi.advanceTimersByTime(15_600);
  problem.set(undefined);
  expect(lines).toEqual(["Redis is ready", "Redis is back after 16 s"]);
});

test("F98 a replica is taken for a promotion under way for ten seconds, however long Redis served before", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const problem = createCurrentProblem(silent);
  problem.set(undefined);
  vi.advanceTimersByTime(3_600_000);
  problem.set(replica);
  expect(problem.get()).toMatchObject({ isLasting: false });
  vi.advanceTimersByTime(11_000);
  problem.set(replica);
  expect(problem.get()).toMatchObject({ isLasting: true });
});
