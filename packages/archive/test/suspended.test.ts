import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Child } from "@customerio-router/fixtures";
import { beforeEach, expect, test } from "vitest";
import type { Archive } from "../src/index.ts";
import { connectionId, linesOf, owner } from "./lines.ts";
import { openTestArchive, readIds, type TestArchive } from "./open-test-archive.ts";
import { startSuspended } from "./owners.ts";

/*
 * A suspended owner wakes up between its last question whether it may write and its write, when others have long written,
 * erased or merged what it is about.
 */

const cuts = [1, 11, 21].map((first) => ({ first, last: first + 9 }));
const [, cut = { first: 0, last: 0 }] = cuts;
const ids = cuts.flatMap((cut) => linesOf(cut).flat()).map(({ head }) => head.messageId);
const withoutUser3 = ids.filter((id) => !id.endsWith("3"));

const writeAll = async (archive: Archive, which = cuts) => {
  for (const each of which) await archive.writeCut(connectionId, each, linesOf(each), owner);
};
const erase = (archive: Archive) => archive.rewrite(connectionId, ["id:user-3"], () => false, owner);

async function wake(zombie: Child): Promise<void> {
  zombie.thaw();
  expect(await zombie.exited).toEqual({ code: 0, signal: null });
}

/** What readers see, before and after the upkeep, and that the upkeep leaves nothing beside it. */
async function expectIds({ archive, folder, reopen }: TestArchive, expected: string[]): Promise<void> {
  expect(await readIds(archive)).toEqual(expected);
  await archive.sweep(connectionId, owner);
  expect(await readIds(await reopen())).toEqual(expected);
  const [summary] = await archive.list();
  const files = await readdir(join(folder, `connection=${connectionId}`, "date=2026-01-01"));
  expect(files).toHaveLength(2 * (summary?.segments ?? 0));
}

let opened: TestArchive;
beforeEach(async () => {
  opened = await openTestArchive();
  return () => opened[Symbol.asyncDispose]();
});

test("a writer woken after the next owner wrote its cut changes nothing", async () => {
  const { archive, folder } = opened;
  await using zombie = await startSuspended({ folder, action: "write", cut, at: 1 });
  await writeAll(archive);
  await wake(zombie);
  await expectIds(opened, ids);
});

test("a writer woken after an erasure brings nothing back, not even into an emptied segment", async () => {
  const { archive, folder } = opened;
  await using zombie = await startSuspended({ folder, action: "write", cut, at: 1 });
  await writeAll(archive);
  await erase(archive);
  await archive.rewrite(
    connectionId,
    [14, 15, 16].map((id) => `id:user-${id % 10}`),
    () => false,
    owner,
  );
  await archive.rewrite(
    connectionId,
    Array.from({ length: 10 }, (_, id) => `id:user-${id}`),
    keepOutsideCut,
    owner,
  );
  await wake(zombie);
  await expectIds(
    opened,
    withoutUser3.filter((id) => !/[456]$/.test(id) && keepOutsideCut({ messageId: id })),
  );
});

test("a writer woken after a merge appears once", async () => {
  const { archive, folder } = opened;
  await using zombie = await startSuspended({ folder, action: "write", cut, at: 1 });
  await writeAll(archive);
  await archive.merge(connectionId, owner);
  await wake(zombie);
  await expectIds(opened, ids);
});

test("a merge woken after an erasure does not bring the person back, and loses nobody else", async () => {
  const { archive, folder } = opened;
  await writeAll(archive);
  // Its claim asks twice, its segment is the third.
  await using zombie = await startSuspended({ folder, action: "merge", at: 3 });
  await archive.rewrite(connectionId, ["id:user-3"], (line) => line.messageId !== "message-13", owner);
  await wake(zombie);
  await expectIds(
    opened,
    ids.filter((id) => id !== "message-13"),
  );
});

test("an erasure woken after a merge of the same segments loses nothing and repeats nothing", async () => {
  const { archive, folder } = opened;
  await writeAll(archive);
  // One question for the day, two for the claim; the segment is the fourth.
  await using zombie = await startSuspended({ folder, action: "rewrite", at: 4 });
  await archive.merge(connectionId, owner);
  await wake(zombie);
  await expectIds(opened, ids);
  await erase(archive);
  await expectIds(opened, withoutUser3);
});

test("an erasure woken after another erasure of its segment does not bring that person back", async () => {
  const { archive, folder } = opened;
  await writeAll(archive);
  await using zombie = await startSuspended({ folder, action: "rewrite", at: 4 });
  await archive.rewrite(connectionId, ["id:user-5"], () => false, owner);
  await wake(zombie);
  await erase(archive);
  await expectIds(
    opened,
    withoutUser3.filter((id) => !id.endsWith("5")),
  );
});

test("an owner that wakes before its claim is on disk gives up", async () => {
  const { archive, folder } = opened;
  await writeAll(archive);
  await using zombie = await startSuspended({ folder, action: "merge", at: 1 });
  await erase(archive);
  await wake(zombie);
  await expectIds(opened, withoutUser3);
});

test("cuts with a gap between them are not merged, so that one that is written later is read", async () => {
  const { archive } = opened;
  const [first, late, last] = cuts as [typeof cut, typeof cut, typeof cut];
  await writeAll(archive, [first, last]);
  expect(await archive.merge(connectionId, owner)).toMatchObject({ merged: 0 });
  await writeAll(archive, [late]);
  await expectIds(opened, ids);
});

function keepOutsideCut({ messageId }: { messageId: string }): boolean {
  const number = Number(messageId.slice("message-".length));
  return number < cut.first || number > cut.last;
}
