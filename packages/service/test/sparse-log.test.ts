import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createSparseLog } from "../src/index.ts";

test("of many lines of one key one an interval is logged, and tells how many were left out", async () => {
  const lines: unknown[] = [];
  const log = createSparseLog({ warn: (...line: unknown[]) => void lines.push(line) }, { intervalMs: 200 });
  for (let index = 0; index < 50; index++) log.warn("redis", { index }, "trouble with Redis");
  log.warn("other", {}, "something else");
  await sleep(210);
  log.warn("redis", { index: 50 }, "trouble with Redis");
  expect(lines).toEqual([
    [{ index: 0 }, "trouble with Redis"],
    [{}, "something else"],
    [{ index: 50, leftOut: 49 }, "trouble with Redis"],
  ]);
});
