import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { zstdDecompressSync } from "node:zlib";
import { smallDisk } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { openArchive } from "../src/index.ts";
import { connectionId, lineOf, linesOf, owner } from "./lines.ts";
import { openFolder, openTestArchive, readIds, readLines } from "./open-test-archive.ts";

test("a cut is written as one segment for each day of receipt, and every line is read as it was written", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  const days = ["2026-01-01T23:59:59.999Z", "2026-01-02T00:00:00.000Z", "2026-01-02T12:00:00.000Z"];
  const lines = days.map((receivedAt, index) => lineOf(index + 1, { receivedAt }));
  const { outcome, segments } = await archive.writeCut(connectionId, { first: 7, last: 9 }, [lines], owner);
  expect(outcome).toBe("written");
  expect(segments.map(({ path, lines }) => [path, lines])).toEqual([
    [`connection=${connectionId}/date=2026-01-01/0000000000000007-0000000000000009.ndjson.zst`, 1],
    [`connection=${connectionId}/date=2026-01-02/0000000000000007-0000000000000009.ndjson.zst`, 2],
  ]);
  expect(await readLines(archive)).toEqual(lines.map(({ head }) => head));
});

test("a segment is one zstd frame of JSON lines, which zstdcat reads where there is one", async () => {
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  const lines = linesOf({ first: 1, last: 5000 });
  const { segments } = await archive.writeCut(connectionId, { first: 1, last: 5000 }, lines, owner);
  const path = join(folder, segments[0]?.path ?? "");
  // Node's decoder reads the first frame only.
  const text = zstdDecompressSync(await readFile(path)).toString();
  const read = text.trimEnd().split("\n");
  expect(read.map((line) => JSON.parse(line).messageId)).toEqual(
    lines.flat().map(({ head }) => head.messageId),
  );
  const run = promisify(execFile);
  const zstdcat = await run("zstdcat", [path], { maxBuffer: 1e8 }).catch((error) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (zstdcat !== undefined) expect(zstdcat.stdout === text).toBe(true);
});

test("files are readable by their owner alone", async () => {
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  const { segments } = await archive.writeCut(
    connectionId,
    { first: 1, last: 2 },
    linesOf({ first: 1, last: 2 }),
    owner,
  );
  const path = join(folder, segments[0]?.path ?? "");
  const modes = await Promise.all(
    [path, `${path}.index`, join(path, ".."), join(path, "../..")].map(
      async (name) => (await stat(name)).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o600, 0o600, 0o700, 0o700]);
});

test("a cut that is written again leaves each line once, and the first file as it was", async () => {
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  const cut = { first: 1, last: 300 };
  const first = await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  const path = join(folder, first.segments[0]?.path ?? "");
  const { ino } = await stat(path);
  const again = await (await openFolder(folder)).writeCut(connectionId, cut, linesOf(cut), owner);
  expect(again.segments.map(({ wasPresent }) => wasPresent)).toEqual([true]);
  expect((await stat(path)).ino).toBe(ino);
  expect(await readIds(archive)).toEqual(
    linesOf(cut)
      .flat()
      .map(({ head }) => head.messageId),
  );
});

test("lines that fail on the way publish nothing, and neither does a writer that may not write", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  async function* failing() {
    yield [lineOf(1), lineOf(2)];
    throw new Error("Redis is away");
  }
  const cut = { first: 1, last: 2 };
  await expect(archive.writeCut(connectionId, cut, failing(), owner)).rejects.toThrow("Redis is away");
  const refused = await archive.writeCut(connectionId, cut, linesOf(cut), { mayWrite: () => false });
  expect(refused).toEqual({ outcome: "refused", segments: [] });
  expect(await archive.list()).toEqual([expect.objectContaining({ segments: 0, lines: 0 })]);
});

test("ids that are none and ranges that are none are refused before anything is written", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  const cut = { first: 1, last: 1 };
  for (const id of ["", "..", "a/b", "A", "a".repeat(65), "connection=x"]) {
    await expect(archive.writeCut(id, cut, [], owner)).rejects.toThrow("The id of a connection");
    await expect(archive.findMessage(id, "x")).rejects.toThrow("The id of a connection");
  }
  for (const [first, last] of [
    [0, 1],
    [2, 1],
    [1, 2 ** 53],
    [1.5, 2],
  ] as const) {
    await expect(archive.writeCut(connectionId, { first, last }, [], owner)).rejects.toThrow(
      "A cut is a range",
    );
  }
  expect(await archive.list()).toEqual([]);
});

test("a receipt that is no time counts as the settlement, and the line is kept as it is", async () => {
  await using opened = await openTestArchive();
  const { archive } = opened;
  const lines = [
    lineOf(1, { receivedAt: "yesterday" }),
    lineOf(2, { receivedAt: "+200000-01-01T00:00:00Z" }),
  ];
  const { segments } = await archive.writeCut(connectionId, { first: 1, last: 2 }, [lines], owner);
  expect(segments.map(({ date }) => date)).toEqual(["2026-01-01"]);
  expect((await readLines(archive)).map(({ receivedAt }) => receivedAt)).toEqual(
    lines.map(({ head }) => head.receivedAt),
  );
});

test("a full disk is named with what to do, and the cut can be written once there is room", async () => {
  await using disk = await smallDisk(2_000_000);
  const archive = await openFolder(disk.path);
  const cut = { first: 1, last: 500 };
  await archive.ensureMark("mark");
  await disk.fill();
  await expect(archive.writeCut(connectionId, cut, linesOf(cut), owner)).rejects.toMatchObject({
    name: "ArchiveError",
    problem: "disk-full",
    message: expect.stringContaining("free space on it, or keep less"),
  });
  await disk.empty();
  await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  expect(await readIds(archive)).toHaveLength(500);
});

test("an archive that is off is none, and a URL that is wrong is refused without showing it", async () => {
  const onWarning = () => {};
  expect(await openArchive({ url: "off", onWarning })).toBeUndefined();
  for (const url of [
    "",
    "file:relative",
    "file://host/folder",
    "s3://",
    "s3://key:hidden@bucket",
    "https://hidden.example",
  ]) {
    const opening = openArchive({ url, dataDir: "/data", onWarning });
    await expect(opening).rejects.toThrow("ARCHIVE_URL cannot be used");
    await expect(opening).rejects.not.toThrow("hidden");
  }
  expect((await openArchive({ url: "file:", dataDir: "/data", onWarning }))?.where).toBe("/data/archive");
});

test("processes that see the same archive read the same mark", async () => {
  await using opened = await openTestArchive();
  const other = await opened.reopen();
  expect(await opened.archive.readMark()).toBeUndefined();
  expect(await opened.archive.ensureMark("first")).toBe("first");
  expect(await other.ensureMark("second")).toBe("first");
  expect(await other.readMark()).toBe("first");
});
