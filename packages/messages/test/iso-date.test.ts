import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseIsoDate } from "../src/index.ts";

type Row = { says: string; text: string; seconds: number | null };

const rows: Row[] = JSON.parse(readFileSync(new URL("iso-dates.json", import.meta.url), "utf8"));

test.each(rows)("$text: $says", ({ text, seconds }) => {
  const ms = parseIsoDate(text);
  expect(ms === undefined ? null : Math.floor(ms / 1000)).toBe(seconds);
});

test("milliseconds are kept", () => {
  expect(parseIsoDate("2024-01-02T03:04:05.678Z")).toBe(1704164645678);
  expect(parseIsoDate("2024-01-02T03:04:05.6Z")).toBe(1704164645600);
  expect(parseIsoDate("2024-01-02T03:04:05.6789Z")).toBe(1704164645678);
});
