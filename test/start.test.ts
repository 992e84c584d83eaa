import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type Child, freePort, startProcess, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { Redis } from "ioredis";
import { expect, type TestContext, test } from "vitest";

const running = /Press Ctrl-C to stop it/;

test("--once prints what arrived, exits 0 and leaves nothing running", async (context) => {
  const place = await findPlace(context);
  await using start = await startAll(place, { args: ["--once"] });
  expect([await start.exited, start.output]).toEqual([{ code: 0, signal: null }, expect.any(String)]);

  const rows = start.stdout.split("\n").map((line) => line.trim().split(/ {2,}/));
  expect(rows).toEqual(
    expect.arrayContaining([
      ["person", "activity type", "activity name"],
      ["userId123 (john.doe@example.com)", "Event", "Clicked Button"],
      ["userId123 (john.doe@example.com)", "Page View", "Home"],
      ["userId123 (john.doe@example.com)", "Page View", "https://example.com/pricing"],
      ["userId123 (john.doe@example.com)", "Attribute change", "unsubscribed"],
    ]),
  );
  for (const url of Object.values(place.urls)) await expect(fetch(url)).rejects.toThrow();
});

test("it runs until SIGTERM, with a write key that works and a link that logs in once", async (context) => {
  const place = await findPlace(context);
  await using start = await startAll(place, { ready: running });

  const [, curlUrl = "", writeKey = ""] = /curl (\S+) -u (\S+): /.exec(start.stdout) ?? [];
  const answer = await fetch(curlUrl, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}` },
    body: JSON.stringify({ userId: "userId123", event: "Tried by hand" }),
  });
  expect(answer.status).toBe(200);
  await waitFor(async () => (await activity(place)).includes("Tried by hand"), { what: "the call by hand" });

  const [link = ""] = /http:\S+\/login\?code=\S+/.exec(start.stdout) ?? [];
  const login = () => fetch(link, { redirect: "manual" });
  expect((await login()).headers.getSetCookie()).toHaveLength(1);
  expect((await login()).status).toBe(401);

  const kept = readdirSync(place.env.DATA_DIR, { recursive: true, encoding: "utf8" });
  expect(kept).toEqual(expect.arrayContaining(["secret-key", "dashboard-password", "redis", "spool"]));
  for (const name of kept) {
    const stats = statSync(join(place.env.DATA_DIR, name));
    expect([name, stats.mode & 0o777]).toEqual([name, stats.isDirectory() ? 0o700 : 0o600]);
  }
  expect(await start.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("each entry of the log is one line with time, level, process, message and fields, and no secret", async (context) => {
  const place = await findPlace(context);
  const env = { ...place.env, LOG_LEVEL: "info", SANDBOX_API_KEY: "an-api-key-of-the-sandbox" };
  await using start = await startAll({ ...place, env }, { args: ["--once"] });
  expect((await start.exited).code).toBe(0);

  const entry = /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO \((\w+)\): (\S.*?)(?: (\{.*\}))?$/;
  const entries = start.stdout.split("\n").flatMap((line) => {
    const [, name, message, fields] = entry.exec(line) ?? [];
    return name ? [{ name, message, fields: fields ? JSON.parse(fields) : {} }] : [];
  });
  for (const name of ["intake", "worker", "dashboard", "sandbox"]) {
    expect(entries).toContainEqual({ name, message: "stopped", fields: { exitCode: 0 } });
  }
  expect(entries).toContainEqual(
    expect.objectContaining({
      message: "delivered",
      fields: expect.objectContaining({ requests: expect.any(Number) }),
    }),
  );
  const read = (name: string) => readFileSync(join(place.env.DATA_DIR, name), "utf8").trim();
  for (const secret of [env.SANDBOX_API_KEY, read("secret-key"), read("dashboard-password"), "\u001b["]) {
    expect(start.output).not.toContain(secret);
  }
});

test("a line that is no entry of the log is printed behind the process's name", async (context) => {
  const place = await findPlace(context);
  const NODE_OPTIONS = `--import=data:text/javascript,console.error(42)`;
  await using start = await startAll({ ...place, env: { ...place.env, NODE_OPTIONS } });
  await waitFor(() => /^(sandbox|intake|worker|dashboard): 42$/m.test(start.stdout), {
    what: "a line",
    timeoutMs: 30_000,
  });
});

test("a taken port is said aloud, and the next free one is used", async (context) => {
  const place = await findPlace(context);
  const server = createServer().listen(Number(place.env.INTAKE_PORT), "127.0.0.1");
  context.onTestFinished(() => void server.close());
  await once(server, "listening");
  await using start = await startAll(place, { args: ["--once"] });
  expect((await start.exited).code).toBe(0);
  expect(start.stdout).toMatch(
    new RegExp(`Port ${place.env.INTAKE_PORT} is taken: the intake listens on \\d+\\.`),
  );
});

test.concurrent("a killed worker and a killed Redis are started again, and delivery goes on", async (context) => {
  const place = await findPlace(context);
  await using start = await startAll(place, { ready: running });
  for (const name of ["worker", "redis"]) {
    process.kill(startedBy(place)[name]?.pid ?? Number.NaN, "SIGKILL");
    await waitFor(() => start.stdout.includes(`${name} ended (SIGKILL). Restarting it.`), { what: name });
  }
  const [, curlUrl = "", writeKey = ""] = /curl (\S+) -u (\S+): /.exec(start.stdout) ?? [];
  const body = JSON.stringify({ userId: "ann", event: "Afterwards", writeKey });
  await waitFor(async () => (await fetch(curlUrl, { method: "POST", body })).ok, {
    what: "the intake to take",
  });
  await waitFor(async () => (await activity(place)).includes("Afterwards"), { what: "the call" });
});

test.concurrent("one folder is for one start at a time; what a killed one left is ended by the next", async (context) => {
  const place = await findPlace(context);
  await using first = await startAll(place, { ready: running });
  await using second = await startAll(place);
  expect((await second.exited).code).toBe(1);
  expect(second.stderr).toContain(`another \`npm start\` (process ${first.pid})`);

  await first.kill("SIGKILL");
  const left = Object.keys(startedBy(place));
  expect(left.toSorted()).toEqual(["dashboard", "intake", "redis", "sandbox", "worker"]);
  await using third = await startAll(place, { args: ["--once"] });
  expect((await third.exited).code).toBe(0);
  for (const name of left) expect(third.stdout).toContain(`Ending ${name} (process `);
});

test.concurrent("F322 a Redis that takes the port that was chosen is not used", async (context) => {
  const place = await findPlace(context);
  await using folder = await temporaryFolder();
  const [program, note] = [join(folder.path, "redis-server"), join(folder.path, "other")];
  const real = process.env.REDIS_SERVER ?? "redis-server";
  // The first time somebody else is faster.
  await writeFile(
    program,
    `#!/bin/sh
while [ "$1" != --port ]; do set -- "$@" "$1"; shift; done
if mkdir "${note}" 2>/dev/null; then
  echo "$2" > "${note}/port"
  "${real}" --port "$2" --bind 127.0.0.1 --save "" --dir "${note}" --daemonize yes --pidfile "${note}/pid"
  until [ -s "${note}/pid" ]; do sleep 0.1; done
fi
exec "${real}" "$@"
`,
    { mode: 0o700 },
  );
  using ending = new DisposableStack();
  ending.defer(() => process.kill(Number(readFileSync(join(note, "pid"), "utf8"))));
  await using start = await startAll(
    { ...place, env: { ...place.env, REDIS_SERVER: program } },
    { args: ["--once"] },
  );
  const { code } = await start.exited;
  const port = Number(readFileSync(join(note, "port"), "utf8"));
  expect([code, start.output]).toEqual([0, expect.stringMatching(`Port ${port} is taken: Redis listens on`)]);
  const other = new Redis(port);
  context.onTestFinished(() => other.disconnect());
  expect(await other.dbsize()).toBe(0);
});

test.concurrent("every problem of a bad environment is told at once, an app's own too, and nothing is started or written", async (context) => {
  const place = await findPlace(context);
  const bad = { INTAKE_PORT: "many", SECRET_KEY: "short", ARCHIVE_DAYS: "some" };
  await using start = await startAll({ ...place, env: { ...place.env, ...bad } });
  expect((await start.exited).code).toBe(1);
  expect(start.stderr).toMatch(/INTAKE_PORT .*\n.*ARCHIVE_DAYS .*\n.*SECRET_KEY /);
  expect(start.output).not.toContain("short");
  expect(start.stdout).toBe("");
  expect(readdirSync(place.env.DATA_DIR)).toEqual([]);
});

test.concurrent("F320 a DATA_DIR that cannot be made is named as that", async (context) => {
  const place = await findPlace(context);
  await using start = await startAll({ ...place, env: { ...place.env, DATA_DIR: "/dev/null/data" } });
  expect((await start.exited).code).toBe(1);
  expect(start.stderr).toContain("npm start: the folder in DATA_DIR cannot be made: ENOTDIR");
});

test.concurrent("--once exits 1 with the reason when Redis is not there", async (context) => {
  const place = await findPlace(context);
  const env = { ...place.env, REDIS_URL: `redis://:a-password@127.0.0.1:${await freePort()}` };
  await using start = await startAll({ ...place, env }, { args: ["--once"] });
  expect((await start.exited).code).toBe(1);
  expect(start.stderr).toContain("Redis did not answer at REDIS_URL");
  expect(start.output).not.toContain("a-password");
});

type Place = { env: Record<string, string> & { DATA_DIR: string }; urls: Record<string, string> };

/** Free ports and a folder of its own, emptied of processes when the test has finished. */
async function findPlace({ onTestFinished }: TestContext): Promise<Place> {
  const folder = await temporaryFolder();
  const place: Place = { env: { DATA_DIR: folder.path }, urls: {} };
  for (const name of ["INTAKE", "DASHBOARD", "SANDBOX", "WORKER"]) {
    const port = await freePort();
    place.env[`${name}_PORT`] = String(port);
    place.urls[name] = `http://127.0.0.1:${port}`;
  }
  onTestFinished(async () => {
    for (const { pid } of Object.values(startedBy(place))) endGroup(pid);
    await folder[Symbol.asyncDispose]();
  });
  return place;
}

function startAll({ env }: Place, options: { args?: string[]; ready?: RegExp } = {}): Promise<Child> {
  return startProcess({ entry: "scripts/start.ts", env, timeoutMs: 30_000, ...options });
}

/** What a start has written down of what it runs; nothing once it has ended cleanly. */
function startedBy({ env }: Place): Record<string, { pid: number }> {
  try {
    const text = readFileSync(join(env.DATA_DIR, "running.json"), "utf8");
    return (JSON.parse(text) as { processes: Record<string, { pid: number }> }).processes;
  } catch {
    return {};
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It had ended.
  }
}

async function activity({ urls }: Place): Promise<string[]> {
  const answer = await fetch(`${urls.SANDBOX}/api/activity`);
  return ((await answer.json()) as { activity: { name: string }[] }).activity.map(({ name }) => name);
}
