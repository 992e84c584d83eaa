import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import type { ArchivedMessage } from "../src/index.ts";
import { connectionId, firstDayMs, lineOf, linesOf, owner } from "./lines.ts";
import { openTestArchive, readIds, readLines } from "./open-test-archive.ts";

const dayMs = 86_400_000;

/** A line received on a day, counted from the first. */
function lineOfDay(day: number, number: number) {
  const receivedAt = new Date(firstDayMs + day * dayMs + number).toISOString();
  return lineOf(number, { receivedAt, settledAt: receivedAt });
}

test("retention deletes the days that are too old, and says until when", async () => {
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  const days = [0, 1, 2, 3];
  const lines = days.map((day) => lineOfDay(day, day + 1));
  await archive.writeCut(connectionId, { first: 1, last: 4 }, [lines], owner);
  const nowMs = firstDayMs + 3.5 * dayMs;
  const result = await archive.keepWithin({ days: 1 }, owner, { nowMs });
  expect(result).toMatchObject({
    outcome: "done",
    removedSegments: 2,
    removedUntil: { [connectionId]: "2026-01-02" },
  });
  expect(await readIds(archive)).toEqual(["message-3", "message-4"]);
  expect((await readdir(join(folder, `connection=${connectionId}`))).sort()).toEqual([
    "date=2026-01-03",
    "date=2026-01-04",
  ]);
});

test("retention by bytes deletes the oldest day of all connections first, until the rest fits", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  for (const [id, day] of [
    ["a", 1],
    ["b", 0],
    ["a", 2],
  ] as const) {
    const cut = { first: day + 1, last: day + 1 };
    await archive.writeCut(id, cut, [[lineOfDay(day, day + 1)]], owner);
  }
  const before = await archive.list();
  const bytes = before.reduce((sum, summary) => sum + summary.bytes, 0);
  const result = await archive.keepWithin({ bytes: bytes - 1 }, owner);
  expect(result).toMatchObject({ removedSegments: 1, removedUntil: { b: "2026-01-01" } });
  expect(result.keptBytes + result.removedBytes).toBe(bytes);
  expect((await archive.list()).map(({ connectionId, lines }) => [connectionId, lines])).toEqual([
    ["a", 2],
    ["b", 0],
  ]);
});

test("merging makes one segment of a finished day's small ones, with the same lines, found the same way", async () => {
  await using opened = await openTestArchive();
  const { archive, reopen } = opened;
  for (let first = 1; first <= 991; first += 10) {
    const cut = { first, last: first + 9 };
    await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  }
  const before = await readLines(archive);
  const today = firstDayMs + dayMs / 2;
  expect(await archive.merge(connectionId, owner, { nowMs: today })).toEqual({
    outcome: "done",
    sources: 0,
    merged: 0,
  });
  expect(await archive.merge(connectionId, owner)).toEqual({ outcome: "done", sources: 100, merged: 1 });
  const merged = await reopen();
  expect(await readLines(merged)).toEqual(before);
  expect(await merged.list()).toEqual([
    expect.objectContaining({
      segments: 1,
      lines: 1000,
      lastNumber: 1000,
      oldestMs: Date.parse(before[0]?.receivedAt ?? ""),
    }),
  ]);
  expect((await merged.findMessage(connectionId, "message-500")).lines).toEqual([before[499]]);
  expect(await merged.merge(connectionId, owner)).toMatchObject({ merged: 0 });
});

test("an erasure removes a person's lines everywhere and keeps others, with fields that this version does not know", async () => {
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  for (const first of [1, 101]) {
    const cut = { first, last: first + 99 };
    await archive.writeCut(connectionId, cut, linesOf(cut, { later: { deep: [1] } } as object), owner);
  }
  const before = await readLines(archive);
  const result = await archive.rewrite(connectionId, ["id:user-3"], () => false, owner);
  expect(result).toEqual({ outcome: "done", rewrittenSegments: 2, removedLines: 20, damaged: [] });
  const expected = before.filter(({ people }) => !people.includes("id:user-3"));
  expect(await readLines(archive)).toEqual(expected);
  expect(expected[0]).toMatchObject({ later: { deep: [1] } });
  const files = await readdir(join(folder, `connection=${connectionId}/date=2026-01-01`));
  expect(files).toHaveLength(4);
  expect((await archive.findPerson(connectionId, "id:user-3")).lines).toEqual([]);
  expect(await archive.rewrite(connectionId, ["id:user-3"], () => false, owner)).toMatchObject({
    rewrittenSegments: 0,
  });
});

test("an erasure asks only for the lines that name the person, by any of its keys", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  const lines = [
    lineOf(1, { message: { type: "identify", traits: { email: "Ada@Example.com" } }, operations: [] }),
    lineOf(2, { message: { type: "track", event: "x", userId: "7" }, operations: [] }),
    lineOf(3, { message: { type: "track", event: "ada@example.com", userId: "8" }, operations: [] }),
  ];
  await archive.writeCut(connectionId, { first: 1, last: 3 }, [lines], owner);
  const asked: string[] = [];
  const keepLine = ({ messageId }: ArchivedMessage) => asked.push(messageId) > 1;
  await archive.rewrite(connectionId, ["email:ADA@example.com", "id:7"], keepLine, owner);
  expect(asked).toEqual(["message-1", "message-2"]);
  expect(await readIds(archive)).toEqual(["message-2", "message-3"]);
});

test("an owner that may not write any more changes nothing", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  for (const cut of [
    { first: 1, last: 10 },
    { first: 11, last: 20 },
  ]) {
    await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  }
  const before = await readIds(archive);
  const fenced = { mayWrite: () => false };
  expect(await archive.merge(connectionId, fenced)).toMatchObject({ outcome: "refused" });
  expect(await archive.rewrite(connectionId, ["id:user-1"], () => false, fenced)).toMatchObject({
    outcome: "refused",
  });
  expect(await archive.keepWithin({ days: 1 }, fenced)).toMatchObject({ outcome: "refused" });
  expect(await archive.removeConnection(connectionId, fenced)).toMatchObject({ outcome: "refused" });
  await archive.sweep(connectionId, fenced);
  expect(await readIds(archive)).toEqual(before);
});

test("a removed connection leaves nothing, and others stay", async () => {
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  for (const id of ["a", "b"]) {
    for (const cut of [
      { first: 1, last: 10 },
      { first: 11, last: 20 },
    ]) {
      await archive.writeCut(id, cut, linesOf(cut), owner);
    }
    await archive.merge(id, owner);
  }
  expect(await archive.removeConnection("a", owner)).toMatchObject({ outcome: "done" });
  expect((await readdir(folder)).sort()).toEqual(["connection=b", "tmp"]);
  expect((await archive.list()).map(({ connectionId }) => connectionId)).toEqual(["b"]);
});

test("a segment that another tool wrote gets its index from the sweep", async () => {
  await using opened = await openTestArchive();
  const { archive, folder, reopen } = opened;
  const { segments } = await archive.writeCut(connectionId, { first: 1, last: 1 }, [[lineOf(1)]], owner);
  const path = join(folder, segments[0]?.path ?? "").replace(
    /\d{16}-\d{16}/,
    "0000000000000002-0000000000000003",
  );
  await writeFile(path, zstdCompressSync(`${lineOf(2).text}\n${lineOf(3).text}\n`));
  expect((await (await reopen()).findMessage(connectionId, "message-3")).lines).toHaveLength(1);
  expect(await archive.sweep(connectionId, owner)).toMatchObject({ storedIndexes: 1 });
  expect((await readFile(`${path}.index`)).length).toBeGreaterThan(0);
  expect(await archive.sweep(connectionId, owner)).toMatchObject({ storedIndexes: 0 });
});
