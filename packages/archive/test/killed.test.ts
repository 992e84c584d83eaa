import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Cut } from "../src/index.ts";
import { connectionId, linesOf, owner } from "./lines.ts";
import { openTestArchive, readIds } from "./open-test-archive.ts";
import { startOwner } from "./owners.ts";

const idsOf = (cut: Cut) => linesOf(cut).flatMap((lines) => lines.map(({ head }) => head.messageId));

test.each([1, 2])(
  "a writer killed right before its write number %i loses nothing and repeats nothing",
  async (at) => {
    const cut = { first: 1, last: 1_000 };
    await using opened = await openTestArchive();
    await using killed = await startOwner({
      folder: opened.folder,
      action: "write",
      cut,
      signal: "SIGKILL",
      at,
    });
    expect(await killed.exited).toEqual({ code: null, signal: "SIGKILL" });
    await opened.archive.writeCut(connectionId, cut, linesOf(cut), owner);
    expect(await readIds(opened.archive)).toEqual(idsOf(cut));
  },
);

test("a writer killed at any time loses nothing and repeats nothing, and what it left behind is swept", async () => {
  const cut = { first: 1, last: 20_000 };
  const expected = idsOf(cut);
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  for (let round = 0; round < 8; round += 1) {
    await using killed = await startOwner({
      folder,
      action: "write",
      cut,
      signal: "SIGKILL",
      at: 0,
      ready: /began/,
    });
    // The write takes some 300 ms.
    await delay(round * 45);
    await killed.kill("SIGKILL");
    const lines = await readIds(archive);
    expect([0, expected.length]).toContain(lines.length);
  }
  await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  expect(await readIds(archive)).toEqual(expected);
  for (const name of await readdir(join(folder, "tmp"))) await utimes(join(folder, "tmp", name), 1, 1);
  await archive.sweep(connectionId, owner);
  expect(await readdir(join(folder, "tmp"))).toEqual([]);
});

test.each(["merge", "rewrite"] as const)(
  "a %s killed before any of its writes is finished by the next run",
  async (action) => {
    for (let at = 1; ; at += 1) {
      await using opened = await openTestArchive();
      const { archive, folder } = opened;
      const cuts = [1, 11, 21].map((first) => ({ first, last: first + 9 }));
      for (const cut of cuts) await archive.writeCut(connectionId, cut, linesOf(cut), owner);
      await using killed = await startOwner({ folder, action, signal: "SIGKILL", at });
      const { signal } = await killed.exited;
      const ids = cuts.flatMap(idsOf);
      if (action === "merge") {
        expect(await readIds(archive)).toEqual(ids);
        await archive.merge(connectionId, owner);
        expect(await readIds(archive)).toEqual(ids);
        await archive.sweep(connectionId, owner);
      } else {
        await archive.rewrite(connectionId, ["id:user-3"], () => false, owner);
        expect(await readIds(archive)).toEqual(ids.filter((id) => !id.endsWith("3")));
      }
      await archive.sweep(connectionId, owner);
      const [summary] = await archive.list();
      const files = await readdir(join(folder, `connection=${connectionId}`, "date=2026-01-01"));
      expect(files).toHaveLength(2 * (summary?.segments ?? 0));
      if (signal === null) {
        expect(at).toBeGreaterThan(4);
        return;
      }
    }
  },
);
