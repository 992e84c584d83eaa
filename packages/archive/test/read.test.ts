import { expect, test } from "vitest";
import type { Archive, SearchPage } from "../src/index.ts";
import { connectionId, firstDayMs, lineOf, linesOf, owner } from "./lines.ts";
import { openTestArchive } from "./open-test-archive.ts";

const dayMs = 86_400_000;

/** 1,000 messages in ten cuts. */
async function writeThousand(archive: Archive): Promise<void> {
  for (let first = 1; first <= 901; first += 100) {
    const cut = { first, last: first + 99 };
    await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  }
}

const idsOf = ({ lines }: { lines: { messageId: string }[] }) => lines.map(({ messageId }) => messageId);
const newestFirst = (numbers: number[]) => numbers.toReversed().map((number) => `message-${number}`);
const all = Array.from({ length: 1000 }, (_, index) => index + 1);

test("a message is found with all lines it has, the newest first", async () => {
  await using opened = await openTestArchive();
  const { archive, reopen } = opened;
  await writeThousand(archive);
  const again = lineOf(250, {
    settledAt: "2026-01-05T00:00:00.000Z",
    outcome: "skipped",
    reason: "anonymous-event",
  });
  await archive.writeCut(connectionId, { first: 1001, last: 1001 }, [[again]], owner);
  const { lines, damaged } = await (await reopen()).findMessage(connectionId, "message-250");
  expect(lines.map(({ outcome }) => outcome)).toEqual(["skipped", "rejected"]);
  expect(damaged).toEqual([]);
  expect((await archive.findMessage(connectionId, "message-25000")).lines).toEqual([]);
  expect((await archive.findMessage("another", "message-250")).lines).toEqual([]);
});

test("a person's newest lines come in pages that fit together, however the email is written", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  await writeThousand(archive);
  const lines = [
    lineOf(1001, { message: { type: "identify", traits: { email: "Ada@Example.com" } }, operations: [] }),
  ];
  await archive.writeCut(connectionId, { first: 1001, last: 1001 }, [lines], owner);
  expect(idsOf(await archive.findPerson(connectionId, "email:ada@EXAMPLE.com"))).toEqual(["message-1001"]);

  const pages: string[][] = [];
  let before: string | undefined;
  do {
    const page = await archive.findPerson(connectionId, "id:user-3", { limit: 30, before });
    pages.push(idsOf(page));
    before = page.cursor;
  } while (before !== undefined);
  expect(pages.map(({ length }) => length)).toEqual([30, 30, 30, 10]);
  expect(pages.flat()).toEqual(newestFirst(all.filter((number) => number % 10 === 3)));
});

test("each filter finds its lines and no others, also together", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  await writeThousand(archive);
  const search = async (filter: Parameters<Archive["search"]>[1]) =>
    idsOf(await archive.search(connectionId, filter, { limit: 2000, budgetMs: 20_000 }));
  const numbers = (pass: (number: number) => boolean) => newestFirst(all.filter(pass));
  expect(await search({})).toEqual(newestFirst(all));
  expect(await search({ event: "track Order Completed" })).toEqual(numbers((number) => number % 3 === 0));
  expect(await search({ event: "track" })).toEqual([]);
  expect(await search({ outcome: "rejected" })).toEqual(numbers((number) => number % 25 === 0));
  expect(await search({ reason: "no-user" })).toEqual(numbers((number) => number % 25 === 0));
  expect(await search({ source: "import" })).toEqual(numbers((number) => number % 2 === 0));
  expect(await search({ fromMs: firstDayMs + 10_000, toMs: firstDayMs + 20_000 })).toEqual(
    numbers((number) => number >= 10 && number < 20),
  );
  expect(await search({ person: "id:user-5", outcome: "rejected", source: "http" })).toEqual(
    numbers((number) => number % 10 === 5 && number % 25 === 0 && number % 2 === 1),
  );
});

test("a search within almost no time gets further with each page, says how far, and ends", async () => {
  await using opened = await openTestArchive();
  const { archive, reopen } = opened;
  await writeThousand(archive);
  const found: string[] = [];
  const reached: number[] = [];
  let page: SearchPage | undefined;
  do {
    // Nothing is in memory, as after a restart.
    page = await (await reopen()).search(
      connectionId,
      { reason: "no-user" },
      { budgetMs: 0, cursor: page?.cursor },
    );
    found.push(...idsOf(page));
    if (page.searchedToMs !== undefined) reached.push(page.searchedToMs);
    expect(reached.length).toBeLessThan(100);
  } while (page.cursor !== undefined);
  expect(found).toEqual(newestFirst(all.filter((number) => number % 25 === 0)));
  expect(reached).toEqual(reached.toSorted((one, other) => other - one));
  expect(reached.length).toBeGreaterThan(10);
});

test("pages fit together while the segments between them are merged, and when the last line was erased", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  await writeThousand(archive);
  const first = await archive.search(connectionId, {}, { limit: 450, budgetMs: 20_000 });
  await archive.merge(connectionId, owner);
  const second = await archive.search(
    connectionId,
    {},
    { limit: 450, budgetMs: 20_000, cursor: first.cursor },
  );
  const last = second.lines.at(-1)?.messageId;
  await archive.rewrite(connectionId, ["id:user-1"], ({ messageId }) => messageId !== last, owner);
  const third = await archive.search(
    connectionId,
    {},
    { limit: 450, budgetMs: 20_000, cursor: second.cursor },
  );
  expect([...idsOf(first), ...idsOf(second), ...idsOf(third)]).toEqual(newestFirst(all));
});

test("a reader goes on where it was when its segments are merged and erased under it", async () => {
  await using opened = await openTestArchive();
  const { archive, reopen } = opened;
  await writeThousand(archive);
  const ids: string[] = [];
  for await (const { line } of (await reopen()).readAll(connectionId)) {
    ids.push(line.messageId);
    if (ids.length === 150) await archive.merge(connectionId, owner);
  }
  expect(ids).toEqual(all.map((number) => `message-${number}`));
});

test("everything can be read from the oldest on, from any line on, day by day", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  const lines = all.map((number) => {
    const receivedAt = new Date(firstDayMs + (number % 3) * dayMs + number).toISOString();
    return lineOf(number, { receivedAt });
  });
  for (let from = 0; from < 1000; from += 250) {
    await archive.writeCut(
      connectionId,
      { first: from + 1, last: from + 250 },
      [lines.slice(from, from + 250)],
      owner,
    );
  }
  const expected = lines
    .toSorted((one, other) => (one.head.receivedAt < other.head.receivedAt ? -1 : 1))
    .map(({ head }) => head.messageId);
  const ids: string[] = [];
  let after: string | undefined;
  for (let round = 0; round < 20; round += 1) {
    for await (const { line, cursor } of archive.readAll(connectionId, {}, { after })) {
      ids.push(line.messageId);
      after = cursor;
      if (ids.length % 97 === 0) break;
    }
  }
  expect(ids).toEqual(expected);
});

test("a cursor that the archive did not give is refused", async () => {
  await using opened = await openTestArchive();
  for (const cursor of ["", "x", "e30", Buffer.from('["2026-01-01",1,2,3,4]').toString("base64url")]) {
    await expect(opened.archive.search(connectionId, {}, { cursor })).rejects.toThrow("begin without one");
  }
});

test("others run while a large segment is read", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  const cut = { first: 1, last: 20_000 };
  await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  let lines = 0;
  for await (const _ of archive.readAll(connectionId)) lines += 1;
  clearInterval(counting);
  expect(lines).toBe(20_000);
  expect(turns).toBeGreaterThan(5);
});

test("readers miss nothing and see nothing twice while segments are merged and erased under them", async () => {
  await using opened = await openTestArchive();
  const { archive, reopen } = opened;
  for (let first = 1; first <= 2991; first += 10) {
    const cut = { first, last: first + 9 };
    await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  }
  const reader = await reopen();
  const changing = (async () => {
    await archive.merge(connectionId, owner);
    for (let user = 0; user < 4; user += 1) {
      await archive.rewrite(
        connectionId,
        [`id:user-${user}`],
        ({ messageId }) => messageId !== "message-1",
        owner,
      );
    }
  })();
  let hasChanged = false;
  void changing.then(() => {
    hasChanged = true;
  });
  while (!hasChanged) {
    const page = await reader.findPerson(connectionId, "id:user-7", { limit: 1000 });
    expect(idsOf(page)).toEqual(
      newestFirst(
        Array.from({ length: 3000 }, (_, index) => index + 1).filter((number) => number % 10 === 7),
      ),
    );
  }
  await changing;
});

test("F206 a cursor does not tell the messageId, which may be made from the person's id", async () => {
  await using opened = await openTestArchive();
  await writeThousand(opened.archive);
  const page = await opened.archive.search(connectionId, {}, { limit: 10 });
  const cursors = [page.cursor ?? ""];
  for await (const { cursor } of opened.archive.readAll(connectionId)) cursors.push(cursor);
  expect(cursors).toHaveLength(1001);
  const told = cursors.map((cursor) => Buffer.from(cursor, "base64url").toString());
  expect(told.filter((text) => !text.startsWith("[") || text.includes("message-"))).toEqual([]);
});
