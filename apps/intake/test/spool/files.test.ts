import { copyFile, mkdir, open as openFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { contentOfText, type NewJob } from "@customerio-router/queue";
import { expect, onTestFinished, test } from "vitest";
import { openSpoolIn } from "../../src/keep/spool/open-spool-in.ts";
import { openSpool, type Spool } from "../../src/keep/spool/spool.ts";
import { startIntakeProcess } from "../intake-process.ts";

/** SQLite's own. */
const pageBytes = 4096;

async function folderForTest(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return folder.path;
}

async function open(folder: string, problems: string[] = []): Promise<Spool> {
  const onError = (error: unknown) => {
    throw error;
  };
  const onProblem = (problem: string) => void problems.push(problem);
  const spool = await openSpool({ folder, maxBytes: 1_000_000_000, onError, onProblem });
  onTestFinished(() => spool[Symbol.asyncDispose]());
  return spool;
}

/** Leaves jobs of connection "a" in a file of its own, which nobody has open then. */
async function leave(path: string, jobs: NewJob[]): Promise<void> {
  const folder = await folderForTest();
  const spool = await open(folder);
  await spool.append("a", jobs);
  await spool[Symbol.asyncDispose]();
  const [name = ""] = await readdir(folder);
  await copyFile(join(folder, name), path);
}

function job(id: string, text = id): NewJob {
  const data = JSON.stringify({ entries: [{ message: { text } }] });
  const madeAtMs = Date.now();
  const content = contentOfText(data, madeAtMs);
  return { id, name: "track", data, digests: [`d${id}`], content, madeAtMs };
}

function jobs(count: number, bytes: number): NewJob[] {
  return Array.from({ length: count }, (_, index) => job(`${index}`, "x".repeat(bytes)));
}

async function idsOf(spool: Spool): Promise<string[]> {
  return (await spool.read("a")).map(({ id }) => id);
}

async function garble(path: string, page: number, pages = 1): Promise<void> {
  await using file = await openFile(path, "r+");
  await file.write(Buffer.alloc(pages * pageBytes, 0xa5), 0, pages * pageBytes, page * pageBytes);
}

test("F124 files that are no spools are set aside and named, whichever they are, and the others are read", async () => {
  const folder = await folderForTest();
  await writeFile(join(folder, "spool-1.sqlite"), "x".repeat(10_000));
  await leave(join(folder, "spool-2.sqlite"), [job("1")]);
  await writeFile(join(folder, "spool-3.sqlite"), "x".repeat(10_000));
  await leave(join(folder, "spool-4.sqlite"), [job("2")]);
  const problems: string[] = [];
  const spool = await open(folder, problems);
  expect(await idsOf(spool)).toEqual(["1", "2"]);
  await spool.append("a", [job("3")]);
  expect(problems).toEqual([
    expect.stringMatching(/spool-1\.sqlite is damaged .* set aside as .*spool-1\.set-aside-/),
    expect.stringMatching(/spool-3\.sqlite is damaged .* set aside as .*spool-3\.set-aside-/),
  ]);
  expect(spool.problems).toEqual([
    expect.stringMatching(/^spool-1\.set-aside-.* damaged/),
    expect.stringMatching(/^spool-3\.set-aside-.* damaged/),
  ]);
  await spool[Symbol.asyncDispose]();
  const later: string[] = [];
  const again = await open(folder, later);
  expect(await idsOf(again)).toEqual(["1", "2", "3"]);
  expect(again.problems).toHaveLength(2);
  expect(later).toEqual([]);
});

test("F125 what can be read of a damaged file is kept, in its order, and the file is set aside", async () => {
  const folder = await folderForTest();
  const path = join(folder, "spool-1.sqlite");
  await leave(path, jobs(60, 3_000));
  // A leaf in the middle: the rows are one to a page.
  await garble(path, 30);
  const problems: string[] = [];
  const spool = await open(folder, problems);
  const found = (await idsOf(spool)).map(Number);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(found.length).toBeGreaterThan(50);
  expect(found.length).toBeLessThan(60);
  expect(found.at(0)).toBe(0);
  expect(found.at(-1)).toBe(59);
  expect(spool.stock.total()).toMatchObject({ messages: found.length });
  expect(problems).toEqual([expect.stringContaining(`${found.length} of its messages were recovered`)]);
  expect(await readdir(folder)).not.toContain("spool-1.sqlite");
});

test("F130 a file that is damaged while it is used ends the process, and the next one reads what it can", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const dataDir = await folderForTest();
  const start = async (ready: string) => {
    const intake = await startIntakeProcess({ redisUrl: redis.url, dataDir, ready });
    onTestFinished(() => intake.process[Symbol.asyncDispose]());
    return intake;
  };
  const intake = await start("/readyz");
  await redis.kill("SIGKILL");
  // More than SQLite holds in memory, and more than stays in its log.
  for (let count = 0; count < 60; count++) {
    expect((await intake.post(`m${count}`, "x".repeat(100_000))).status).toBe(200);
  }
  await garble(join(dataDir, "spool", "spool-1.sqlite"), 200, 300);
  await redis.restart();
  expect(await intake.process.exited).toMatchObject({ code: 1 });
  expect(intake.process.output).toContain("spool-1.sqlite is damaged");
  const next = await start("/livez");
  await waitFor(async () => (await next.readiness()).status === 200, { what: "the next to be ready" });
  expect((await next.readiness()).warnings).toContainEqual(expect.stringMatching(/^spool-1\.set-aside-/));
  expect((await next.get("/metrics")).body).toMatch(/^customerio_router_spool_problem_files 1$/m);
  expect((await next.post("after")).status).toBe(200);
});

test("F126 a gap in the files' numbers hides nothing that was acknowledged", async () => {
  const folder = await folderForTest();
  await leave(join(folder, "spool-2.sqlite"), [job("1")]);
  await leave(join(folder, "spool-7.sqlite"), [job("2")]);
  await leave(join(folder, "spool-12.sqlite"), [job("3")]);
  expect(await idsOf(await open(folder))).toEqual(["1", "2", "3"]);
});

test("F127 a file of another version stays where it is, is named, and is in nobody's way", async () => {
  const folder = await folderForTest();
  const database = new DatabaseSync(join(folder, "spool-1.sqlite"));
  database.exec("PRAGMA user_version = 99");
  database.close();
  await leave(join(folder, "spool-2.sqlite"), [job("1")]);
  const problems: string[] = [];
  const spool = await open(folder, problems);
  expect(await idsOf(spool)).toEqual(["1"]);
  expect(problems).toEqual([
    expect.stringMatching(
      /spool-1\.sqlite cannot be opened .*it has format 99, and this version reads format 1/,
    ),
  ]);
  expect(spool.problems).toEqual(problems);
  expect(await readdir(folder)).toContain("spool-1.sqlite");
});

test("F128 switched off, whatever is in the spool's folder keeps nothing from starting", async () => {
  const dataDir = await folderForTest();
  const problems: string[] = [];
  const options = {
    dataDir,
    maxBytes: 0,
    onError: () => {},
    onProblem: (problem: string) => void problems.push(problem),
  };
  await writeFile(join(dataDir, "spool"), "no folder");
  expect(await openSpoolIn(options)).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining("the messages in it, if there are any, stay there")]);
  await expect(openSpoolIn({ ...options, maxBytes: 1 })).rejects.toThrow(/DATA_DIR.*SPOOL_BYTES/);
});

test("F128 switched off, a damaged file is set aside too", async () => {
  const dataDir = await folderForTest();
  await mkdir(join(dataDir, "spool"));
  await writeFile(join(dataDir, "spool", "spool-1.sqlite"), "x".repeat(10_000));
  const spool = await openSpoolIn({ dataDir, maxBytes: 0, onError: () => {}, onProblem: () => {} });
  onTestFinished(async () => await spool?.[Symbol.asyncDispose]());
  expect(spool?.problems).toHaveLength(1);
});

test("F129 what comes while a large file is taken over is kept meanwhile", { timeout: 60_000 }, async () => {
  const folder = await folderForTest();
  const spool = await open(folder);
  const [first] = await readdir(folder);
  expect(first).toBe("spool-1.sqlite");
  await leave(join(folder, "spool-2.sqlite"), jobs(600, 100_000));
  await waitFor(() => spool.stock.holds("a"), { what: "the file to be found", timeoutMs: 30_000, pollMs: 1 });
  await spool.append("b", [job("b1")]);
  expect(spool.stock.total().messages).toBeLessThan(601);
  await waitFor(() => spool.stock.total().messages === 601, { what: "all of it to be taken over" });
  expect((await spool.read("b")).map(({ id }) => id)).toEqual(["b1"]);
  expect((await idsOf(spool)).at(0)).toBe("0");
});
