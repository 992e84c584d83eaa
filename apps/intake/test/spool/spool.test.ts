import { smallDisk, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { contentOfText, type NewJob } from "@customerio-router/queue";
import { expect, onTestFinished, test } from "vitest";
import { openSpoolIn } from "../../src/keep/spool/open-spool-in.ts";
import { openSpool, type Spool, type SpooledJob, SpoolFullError } from "../../src/keep/spool/spool.ts";

async function folderForTest(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return folder.path;
}

async function open(folder: string, maxBytes = 1_000_000, problems: string[] = []): Promise<Spool> {
  const onError = (error: unknown) => {
    throw error;
  };
  const onProblem = (problem: string) => void problems.push(problem);
  const spool = await openSpool({ folder, maxBytes, onError, onProblem });
  onTestFinished(() => spool[Symbol.asyncDispose]());
  return spool;
}

function job(id: string, text = id): NewJob {
  const data = JSON.stringify({ entries: [{ message: { text } }] });
  const madeAtMs = Date.now();
  const content = contentOfText(data, madeAtMs);
  return { id, name: "track", data, digests: [`d${id}`], content, madeAtMs };
}

function ids(jobs: SpooledJob[]): string[] {
  return jobs.map(({ id }) => id);
}

const route = (id: string) => ({
  id,
  kind: "browser" as const,
  origins: ["https://shop.example"],
  connections: [id, "other"],
  messagesPerSecond: null,
  isPaused: false,
});

test("jobs come out as they went in, in the order of their connection", async () => {
  const spool = await open(await folderForTest());
  const [first, second, third] = [job("1", "ü"), job("2"), job("3")];
  await Promise.all([
    spool.append("a", [first, second]),
    spool.append("b", [third]),
    spool.append("a", [job("4")]),
  ]);
  expect(await spool.read("a")).toMatchObject([first, second, { id: "4" }]);
  expect(await spool.read("b")).toMatchObject([third]);
  expect(spool.stock.connections()).toEqual(["a", "b"]);
  expect(spool.stock.total()).toMatchObject({ messages: 4, oldestAtMs: expect.any(Number) });

  await spool.remove("a", (await spool.read("a")).slice(0, 2));
  expect(ids(await spool.read("a"))).toEqual(["4"]);
  await spool.remove("a", await spool.read("a"));
  await spool.remove("b", await spool.read("b"));
  expect(spool.stock.total()).toEqual({ messages: 0, bytes: 0, oldestAtMs: undefined });
  expect(spool.stock.holds("a")).toBe(false);
});

test("what is in it, and the write keys, are there when it is opened again", async () => {
  const folder = await folderForTest();
  const spool = await open(folder);
  await spool.append("a", [job("1"), job("2")]);
  spool.keepSources({ writeKeys: [["hash", "a"]], routes: [route("a"), route("c")] });
  spool.keepSources({ writeKeys: [["other", "b", "mark"]], routes: [route("b")], version: 7 });
  await spool[Symbol.asyncDispose]();
  const again = await open(folder);
  expect(again.stock.total()).toMatchObject({ messages: 2 });
  expect(ids(await again.read("a"))).toEqual(["1", "2"]);
  expect(await again.readSources()).toEqual({
    writeKeys: [["other", "b", "mark"]],
    routes: [route("b")],
    version: 7,
  });
});

test("a full spool takes nothing, and takes again when there is room", async () => {
  const spool = await open(await folderForTest(), 1_000);
  const large = job("2", "x".repeat(800));
  await spool.append("a", [job("1", "x".repeat(800))]);
  await expect(spool.append("b", [large])).rejects.toThrow(SpoolFullError);
  expect(spool.stock.holds("b")).toBe(false);
  await spool.remove("a", await spool.read("a"));
  await spool.append("b", [large]);
});

test("what is more than a megabyte is read in parts", async () => {
  const spool = await open(await folderForTest(), 10_000_000);
  const jobs = Array.from({ length: 30 }, (_, index) => job(`${index}`, "x".repeat(100_000)));
  await spool.append("a", jobs);
  const part = await spool.read("a");
  expect(part.length).toBeGreaterThan(5);
  expect(part.length).toBeLessThan(11);
});

test("intakes that share a folder have a spool each, and one takes over what another has left for good", async () => {
  const folder = await folderForTest();
  const [first, second] = [await open(folder), await open(folder)];
  await first.append("a", [job("1"), job("2")]);
  await second.append("a", [job("3")]);
  expect(ids(await first.read("a"))).toEqual(["1", "2"]);
  expect(ids(await second.read("a"))).toEqual(["3"]);
  first.keepSources({ writeKeys: [["hash", "a"]], routes: [route("a")] });
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  const third = await open(folder);
  expect(ids(await third.read("a"))).toEqual(["1", "2", "3"]);
  expect(third.stock.total()).toMatchObject({ messages: 3 });
  expect(await third.readSources()).toEqual({ writeKeys: [["hash", "a"]], routes: [route("a")] });
  const fourth = await open(folder);
  expect(fourth.stock.total()).toMatchObject({ messages: 0 });
});

test("switched off there is no spool, unless there was one: then it is drained, and takes nothing", async () => {
  const dataDir = await folderForTest();
  const options = { dataDir, onError: () => {}, onProblem: () => {} };
  expect(await openSpoolIn({ ...options, maxBytes: 0 })).toBeUndefined();
  const on = await openSpoolIn({ ...options, maxBytes: 1_000 });
  await on?.append("a", [job("1")]);
  await on?.[Symbol.asyncDispose]();
  const off = await openSpoolIn({ ...options, maxBytes: 0 });
  onTestFinished(async () => await off?.[Symbol.asyncDispose]());
  expect(ids((await off?.read("a")) ?? [])).toEqual(["1"]);
  await expect(off?.append("a", [job("2")])).rejects.toThrow(SpoolFullError);
});

test("a folder that cannot be used is told with what to do", async () => {
  await expect(
    openSpoolIn({ dataDir: "/dev/null", maxBytes: 1, onError: () => {}, onProblem: () => {} }),
  ).rejects.toThrow(/DATA_DIR.*SPOOL_BYTES/);
});

test("F104 rows are not given to a connection whose own the disk has failed to remove, for they would go with them", async () => {
  const disk = await smallDisk(4_000_000);
  onTestFinished(() => disk[Symbol.asyncDispose]());
  const failures: unknown[] = [];
  const spool = await openSpool({
    folder: disk.path,
    maxBytes: 1_000_000,
    onError: (error) => void failures.push(error),
    onProblem: (problem) => expect.unreachable(problem),
  });
  onTestFinished(() => spool[Symbol.asyncDispose]());
  await spool.append("lost", [job("1"), job("2")]);
  await spool.append("other", [job("3")]);
  await disk.fill();
  await spool.remove("other", await spool.read("other"));
  expect(failures).not.toEqual([]);

  await disk.empty();
  await waitFor(async () => (await spool.assign("lost", "other")) === 2, { what: "the rows to be given" });
  expect(ids(await spool.read("other"))).toEqual(["1", "2"]);
  await spool.append("other", [job("4")]);
  expect(ids(await spool.read("other"))).toEqual(["1", "2", "4"]);
});
