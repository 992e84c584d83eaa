import { chmod, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@customerio-router/fixtures";
import { expect, onTestFinished, test } from "vitest";
import { restrictDataDir } from "../src/index.ts";

async function oldFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  for (const name of ["spool", "redis/appendonlydir", "others"]) {
    await mkdir(join(folder.path, name), { recursive: true });
    await chmod(join(folder.path, name), 0o755);
  }
  for (const name of ["spool/spool-1.sqlite", "redis/appendonlydir/1.aof", "secret-key", "others/file"]) {
    await writeFile(join(folder.path, name), "x");
    await chmod(join(folder.path, name), 0o644);
  }
  await chmod(join(folder.path, "redis"), 0o755);
  await chmod(folder.path, 0o755);
  return folder.path;
}

const modeOf = async (...parts: string[]) => ((await stat(join(...parts))).mode & 0o7777).toString(8);

test("F156 a data folder that exists already is closed to all but its owner, and what is ours in it too", async () => {
  const folder = await oldFolder();
  restrictDataDir(folder);
  for (const name of ["", "spool", "redis", "redis/appendonlydir"]) {
    expect([name, await modeOf(folder, name)]).toEqual([name, "700"]);
  }
  for (const name of ["spool/spool-1.sqlite", "redis/appendonlydir/1.aof", "secret-key"]) {
    expect([name, await modeOf(folder, name)]).toEqual([name, "600"]);
  }
});

test("F156 what is not ours keeps its mode: other folders, targets of links, a folder shared by all", async () => {
  const folder = await oldFolder();
  await symlink(join(folder, "others"), join(folder, "spool", "link"));
  await symlink(join(folder, "others", "file"), join(folder, "dashboard-password"));
  await chmod(folder, 0o1777);
  restrictDataDir(folder);
  expect(await modeOf(folder)).toBe("1777");
  expect(await modeOf(folder, "others")).toBe("755");
  expect(await modeOf(folder, "others", "file")).toBe("644");
  expect(await modeOf(folder, "secret-key")).toBe("600");
});

test("F156 a folder that is not there yet is left to who makes it", () => {
  expect(() => restrictDataDir("/no/such/folder")).not.toThrow();
});
