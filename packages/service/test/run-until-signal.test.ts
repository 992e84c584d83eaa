import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const program = fileURLToPath(new URL("small-service.ts", import.meta.url));
const goodEnvironment = { REDIS_URL: "redis://:hunter2@127.0.0.1:6379", SECRET_KEY: "hunter2".repeat(5) };
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

function run({
  behaviour = "",
  environment = goodEnvironment as Record<string, string>,
  terminal = "",
} = {}) {
  // util-linux's `script` gives a command a terminal of its own.
  const [command, ...args] =
    terminal === "" ? [process.execPath, program, behaviour] : ["script", "-qefc", terminal, "/dev/null"];
  const child = spawn(command as string, args, { env: environment, stdio: "pipe" });
  running.add(child);
  const exited = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return {
    child,
    exited,
    output: () => output,
    messages: () => [...output.matchAll(/"msg":"([^"]*)"/g)].map(([, message]) => message),
    async says(message: string) {
      while (!output.includes(message)) {
        if (child.exitCode !== null) throw new Error(`ended without saying "${message}":\n${output}`);
        await sleep(10);
      }
    },
  };
}

test("runs until SIGTERM, closes what was opened last first, and exits 0", async () => {
  const service = run();
  await service.says("started");
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(service.messages()).toEqual([
    "starting",
    "started",
    "stopping",
    "closed the second",
    "closed the first",
    "stopped",
  ]);
});

test("F34 logs its configuration once, secrets as booleans", async () => {
  const service = run();
  await service.says("started");
  service.child.kill("SIGINT");
  expect(await service.exited).toBe(0);
  expect(service.output()).toContain(
    '"config":{"REDIS_URL":true,"INTAKE_PORT":3000,"SECRET_KEY":true,"LOG_LEVEL":"info"}',
  );
  expect(service.output()).not.toContain("hunter2");
});

test("a bad environment lists every problem and exits 1", async () => {
  const service = run({ environment: { INTAKE_PORT: "many", SECRET_KEY: "hunter2", LOG_LEVEL: "loud" } });
  expect(await service.exited).toBe(1);
  for (const name of ["REDIS_URL", "INTAKE_PORT", "SECRET_KEY", "LOG_LEVEL"]) {
    expect(service.output()).toContain(`  ${name} `);
  }
  expect(service.output()).not.toContain("hunter2");
});

test("a start that fails closes what it had opened and exits 1", async () => {
  const service = run({ behaviour: "fail" });
  expect(await service.exited).toBe(1);
  expect(service.messages()).toEqual([
    "starting",
    "could not start",
    "stopping",
    "closed the second",
    "closed the first",
    "stopped",
  ]);
  expect(service.output()).toContain("no such thing");
});

test("a service that cannot go on says so in one sentence, closes what it opened, and exits 1", async () => {
  const service = run({ behaviour: "fail-later" });
  expect(await service.exited).toBe(1);
  expect(service.messages()).toEqual([
    "starting",
    "started",
    "It cannot go on.",
    "stopping",
    "closed the second",
    "closed the first",
    "stopped",
  ]);
});

test("a rejection nobody handles is logged and exits 1", async () => {
  const service = run({ behaviour: "reject" });
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain("nobody looks");
});

test("a start that never ends can be stopped", async () => {
  const service = run({ behaviour: "hang" });
  await service.says("started");
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
});

test("a stop that outlasts the grace period exits 1", async () => {
  const service = run({ behaviour: "outlast" });
  await service.says("started");
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain("longer than the grace period");
});

test("F4 one Ctrl-C that arrives twice, and a repeated SIGTERM, let the stop finish", async () => {
  const service = run({ behaviour: "close-slowly" });
  await service.says("started");
  service.child.kill("SIGINT");
  await service.says("stopping");
  service.child.kill("SIGINT");
  await sleep(1_100);
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
});

test("a second Ctrl-C ends at once", async () => {
  const service = run({ behaviour: "linger" });
  await service.says("started");
  service.child.kill("SIGTERM");
  await service.says("stopping");
  await sleep(1_100);
  service.child.kill("SIGINT");
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain("second Ctrl-C");
});

test("on a terminal its log is readable, elsewhere JSON", async () => {
  const command = `${process.execPath} ${program}`;
  const { output, says, child, exited } = run({ terminal: command });
  await says("started");
  child.kill("SIGTERM");
  await exited;
  expect(output()).toMatch(/\d\d:\d\d:\d\d\.\d{3}\S* .*INFO.* \(?small\)?: .*started.* {"port":3000}/);
  expect(output()).not.toContain('"msg"');
});
