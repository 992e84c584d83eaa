import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@customerio-router/fixtures";
import { environmentVariables, secretFileVariables } from "@customerio-router/service";
import { expect, test } from "vitest";
import { findOnPath } from "./find-on-path.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const folder = join(repository, "deploy/systemd");
const apps = ["intake", "worker", "dashboard"];
const units = apps.map((app) => `customerio-router-${app}.service`);
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const node = "/opt/customerio-router/node_modules/.bin/node";

test.each(apps)("%s's unit runs a file that exists, with variables that are read and no secret", (app) => {
  const text = read(`customerio-router-${app}.service`) + read("customerio-router-.service.d/common.conf");
  const [, entry = ""] = new RegExp(`^ExecStart=${node} (\\S+)$`, "m").exec(text) ?? [];
  expect(entry).toBe(`apps/${app}/src/main.ts`);
  expect(existsSync(join(repository, entry))).toBe(true);

  const names = [...text.matchAll(/^Environment=(.+)$/gm)].flatMap(([, line = ""]) =>
    line.split(" ").map((setting) => setting.split("=")[0] ?? ""),
  );
  const plain = Object.entries<{ secret?: true }>(environmentVariables as Record<string, { secret?: true }>)
    .filter(([, { secret }]) => !secret)
    .map(([name]) => name);
  const known: string[] = [...plain, ...secretFileVariables, "NODE_ENV"];
  expect(names.filter((name) => !known.includes(name))).toEqual([]);

  const given = [...text.matchAll(/^LoadCredential=([\w-]+):/gm)].map(([, name]) => name);
  const used = [...text.matchAll(/=%d\/([\w-]+)$/gm)].map(([, name]) => name);
  expect(used).toEqual(given);
  expect(given).toContain("secret-key");
});

if (findOnPath("systemd-analyze")) {
  test("systemd finds nothing wrong with the units, and their exposure is at most 2 of 10", async () => {
    await using place = await temporaryFolder();
    cpSync(folder, place.path, { recursive: true });
    const paths = units.map((name) => join(place.path, name));
    // The program has to exist, and the router is not under /opt here.
    for (const path of paths) writeFileSync(path, readFileSync(path, "utf8").replace(node, process.execPath));
    expect(analyze("verify", "--man=no", ...paths)).toEqual({ status: 0, output: "" });
    for (const path of paths) {
      const { status, output } = analyze("security", "--offline=true", "--threshold=20", path);
      expect([status, output]).toEqual([0, expect.stringMatching(/Overall exposure level .*: \d/)]);
    }
  });
}

function analyze(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", ["--no-pager", ...args], {
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}
