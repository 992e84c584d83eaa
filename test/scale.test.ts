import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");
const rowsOf = (text: string) => text.split("\n").filter((line) => line.startsWith("| "));

test("the measured tables of docs/scale.md are those of the results", () => {
  const measured = rowsOf(read("bench/scale/results/scale.md"));
  expect(measured.length).toBeGreaterThan(10);
  const documented = new Set(rowsOf(read("docs/scale.md")));
  expect(measured.filter((row) => !documented.has(row))).toEqual([]);
});
