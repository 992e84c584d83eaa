import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("..", import.meta.url));
const [, section = ""] =
  /^## Run it for real\n([\s\S]*?)^With Docker:/m.exec(readFileSync(join(repository, "README.md"), "utf8")) ??
  [];
const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);

test("README's commands for running the apps apart work as they are, with a call to the sandbox", {
  timeout: 120_000,
}, async () => {
  await using redis = await startRedis();
  await using folder = await temporaryFolder();
  const [intake, dashboard, sandbox, worker] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  // Only where things are differs: the usual ports may be taken on this machine.
  const [call = "", ...starts] = blocks
    .map((block) =>
      block
        .replaceAll("redis://127.0.0.1:6379", redis.url)
        .replaceAll("127.0.0.1:3000", `127.0.0.1:${intake}`)
        .replaceAll("127.0.0.1:3002", `127.0.0.1:${sandbox}`)
        .replaceAll(".data", folder.path),
    )
    .reverse();
  expect(call).toMatch(/^curl /);
  const { PATH = "" } = process.env;
  const script = ["trap 'kill $(jobs -p)' TERM", ...starts.reverse(), "wait", "wait"].join("\n");
  const shell = spawn("bash", ["-c", script], {
    cwd: repository,
    env: {
      PATH,
      HOME: folder.path,
      DATA_DIR: folder.path,
      INTAKE_PORT: String(intake),
      DASHBOARD_PORT: String(dashboard),
      SANDBOX_PORT: String(sandbox),
      WORKER_PORT: String(worker),
    },
  });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  const ended = once(shell, "close");
  const ports = [intake, dashboard, sandbox, worker];
  try {
    for (const port of ports) {
      await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, {
        what: () => `port ${port} to be ready: ${output}`,
        timeoutMs: 60_000,
      });
    }
    const { stdout } = await promisify(execFile)("bash", ["-c", call]);
    expect(JSON.parse(stdout)).toEqual({ success: true });
    await waitFor(
      async () =>
        (await (await fetch(`http://127.0.0.1:${sandbox}/api/activity`)).text()).includes("Signed Up"),
      { what: () => `the call to arrive: ${output}` },
    );
  } finally {
    shell.kill("SIGTERM");
    await ended;
  }
  for (const port of ports) await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
});
