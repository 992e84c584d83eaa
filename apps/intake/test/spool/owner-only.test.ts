import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { startRedis, temporaryFolder } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { startIntakeProcess } from "../intake-process.ts";

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("F156 the intake's data folder and all its files are the owner's alone, also in an open folder", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis();
  const dataDir = join(folder.path, "data");
  const spool = join(dataDir, "spool");
  await mkdir(spool, { recursive: true });
  for (const path of [dataDir, spool]) await chmod(path, 0o755);
  const running = await startIntakeProcess({ redisUrl: redis.url, dataDir });
  await using _process = running.process;
  expect([await modeOf(dataDir), await modeOf(spool)]).toEqual(["700", "700"]);
  const files = await readdir(spool);
  expect(files).not.toEqual([]);
  for (const file of files) expect([file, await modeOf(join(spool, file))]).toEqual([file, "600"]);
});
