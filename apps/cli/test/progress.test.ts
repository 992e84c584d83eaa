import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { createProgress } from "../src/import/progress.ts";

function openOutput(isTTY: boolean) {
  const output = Object.assign(new PassThrough(), { isTTY, columns: 120 });
  return { output, written: () => String(output.read() ?? "") };
}

test("on a terminal a bar is drawn in place, and the reason of a wait in its text", () => {
  const { output, written } = openOutput(true);
  const progress = createProgress({ output });
  progress.show({ line: 1_000, sentNow: 900, share: 0.25 });
  expect(written()).toMatch(/\[=+-+\] 25 %, line 1,000, [\d,]+ messages\/s(?!.*left)/);
  progress.wait(3_000, "it answered 429");
  progress.end();
  expect(written()).toContain("25 %, waiting 3 s for the intake: it answered 429");
});

test("elsewhere there is at most one line every 5 s, and every wait has its line", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { output, written } = openOutput(false);
  const progress = createProgress({ output });
  progress.show({ line: 1, sentNow: 1, share: 0.1 });
  expect(written()).toBe("");
  progress.wait(1_000, "it answered 503");
  expect(written()).toBe("waiting 1 s for the intake: it answered 503\n");
  vi.advanceTimersByTime(5_000);
  progress.show({ line: 1_000, sentNow: 1_000, share: 0.5 });
  progress.show({ line: 1_001, sentNow: 1_001, share: 0.5 });
  vi.advanceTimersByTime(5_000);
  progress.show({ line: 1_500, sentNow: 1_500, known: 1_200, share: 0.75 });
  progress.end();
  expect(written()).toBe(
    "50 %, line 1,000, 200 messages/s, 0:06 left\n75 %, line 1,500, 1,200 known already, 150 messages/s, 0:04 left\n",
  );
  vi.useRealTimers();
});
