import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { createSourceStore } from "@customerio-router/connections";
import {
  type Child,
  freePort,
  startProcess,
  startRedis,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startHttpFaultProxy } from "./sdks/http-fault-proxy.ts";
import { openSdkSetting, type SdkSetting } from "./sdks/sdk-setting.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const opened = new AsyncDisposableStack();
let setting: SdkSetting;
let folder: string;

beforeAll(async () => {
  setting = opened.use(await openSdkSetting());
  folder = opened.use(await temporaryFolder()).path;
});
afterAll(() => opened.disposeAsync());

/** `npm run import` of a file. */
function startImport(file: string, ...args: string[]): Promise<Child> {
  const { writeKey, intakeUrl } = setting.router;
  return startProcess({
    entry: "apps/cli/src/main.ts",
    args: ["import", file, "--url", intakeUrl, ...args],
    env: { WRITE_KEY: writeKey, DATA_DIR: join(folder, "data") },
  });
}

async function runImport(file: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  await using importing = await startImport(file, ...args);
  const { code } = await importing.exited;
  return { code, output: importing.output };
}

/** History of people, in turn; every tenth line has a `messageId` of its own. */
function history(prefix: string, people: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      type: "track",
      userId: `${prefix}-${index % people}`,
      event: `E${index}`,
      timestamp: new Date(Date.UTC(2020, 0, 1) + index * 1_000).toISOString(),
      ...(index % 10 === 0 && { messageId: `own-${prefix}-${index}` }),
    }),
  );
}

test("5,000 lines, interrupted by Ctrl-C and by kill -9, are visible once each, with their own times", {
  timeout: 60_000,
}, async () => {
  const file = join(folder, "history.ndjson");
  await writeFile(file, `${history("a", 10, 5_000).join("\n")}\n`);
  const interrupted = await interrupt(file, { signal: "SIGINT", whenReceived: 500 });
  expect(interrupted).toMatch(
    /Stopped after line [\d,]+, [\d,]+ messages sent\. Run the same command to continue/,
  );
  await interrupt(file, { signal: "SIGKILL", whenReceived: 2_000 });
  const last = await runImport(file);
  expect(last.output).toMatch(
    /Continuing after line [1-9][\d,]+\.[\s\S]*Imported 5,000 messages of 5,000 lines/,
  );
  expect(last.code).toBe(0);
  // And once more from the start.
  expect((await runImport(file)).output).toContain("Imported 5,000 messages of 5,000 lines");

  await waitFor(async () => (await seen()) >= 5_000, { what: "all to be seen", timeoutMs: 20_000 });
  for (let person = 0; person < 10; person++) {
    const activity = await setting.activity(`a-${person}`);
    const expected = Array.from({ length: 500 }, (_, index) => `E${index * 10 + person}`);
    expect(activity.map(({ name }) => name).toSorted()).toEqual(expected.toSorted());
    const { timestamp } = activity.find(({ name }) => name === `E${person}`) as unknown as {
      timestamp: number;
    };
    expect(timestamp).toBe(Date.UTC(2020, 0, 1) / 1_000 + person);
  }
});

/** Ends an import with a signal once the intake has received this many messages; gives what it wrote. */
async function interrupt(
  file: string,
  { signal, whenReceived }: { signal: NodeJS.Signals; whenReceived: number },
): Promise<string> {
  await using importing = await startImport(file, "--rate", "1000");
  await waitFor(async () => (await received()) > whenReceived, {
    what: `${whenReceived} messages to be received`,
    pollMs: 50,
  });
  await importing.kill(signal);
  return importing.output;
}

async function received(): Promise<number> {
  const metrics = await (await fetch(`${setting.router.intakeUrl}/metrics`)).text();
  const [, count] = /^customerio_router_messages_received_total\S* (\d+)$/m.exec(metrics) ?? [];
  return Number(count ?? 0);
}

async function seen(): Promise<number> {
  const answer = await fetch(`${setting.sandboxUrl}/api/counts`);
  return ((await answer.json()) as { activities: number }).activities;
}

test("what cannot be imported is told by line, field and reason, and the rest is imported", async () => {
  const lines = history("b", 1, 3);
  lines.splice(1, 0, "{not JSON", '{"type":"track","userId":"b-0"}', "", '{"type":"wave"}');
  lines.push(
    JSON.stringify({ type: "track", userId: "b-0", event: "Large", properties: { a: "x".repeat(200_000) } }),
  );
  // Packed, whatever its name says.
  const file = join(folder, "mixed.ndjson");
  await writeFile(file, gzipSync(lines.join("\n")));
  const dry = await runImport(file, "--dry-run");
  expect(dry.code).toBe(1);
  expect(dry.output).toMatch(
    /3 messages of 8 lines would be sent; nothing was:\n +3 {2}track\n4 lines would be refused/,
  );
  expect(dry.output).toContain("line 2: A line must be one JSON object. {not JSON");
  const { code, output } = await runImport(file);
  expect(code).toBe(1);
  expect(output).toContain("Imported 3 messages of 8 lines");
  expect(output).toContain("See what was delivered: npm run cli -- ledger");
  for (const why of ["malformed-json", "no-name (event)", "unknown-type (type)", "message-too-large"]) {
    expect(output).toMatch(new RegExp(`^ +1  ${why.replaceAll(/[()]/g, "\\$&")}$`, "m"));
  }
  const [, listFile = ""] = /with its line number and its reason: (.*)/.exec(output) ?? [];
  expect((await stat(join(repository, listFile))).mode & 0o777).toBe(0o600);
  const list = (await readFile(join(repository, listFile), "utf8")).trim().split("\n");
  expect(list.map((line) => JSON.parse(line))).toMatchObject([
    { line: 2, reason: "malformed-json", text: "{not JSON" },
    { line: 3, reason: "no-name", field: "event" },
    { line: 5, reason: "unknown-type", field: "type" },
    { line: 8, reason: "message-too-large" },
  ]);
  await waitFor(async () => (await setting.activity("b-0")).length === 3, { what: "the rest to be seen" });
});

test("an intake that asks for patience is given it, and resets are got over", async () => {
  await using proxy = await startHttpFaultProxy(setting.router.intakeUrl);
  const file = join(folder, "patient.ndjson");
  await writeFile(file, history("d", 1, 1_500).join("\n"));
  proxy.fault = "429";
  await using importing = await startImport(file, "--url", proxy.url);
  await waitFor(() => /waiting 1 s for the intake: it answered 429/.test(importing.output), {
    what: () => `the import to wait: ${importing.output}`,
  });
  proxy.fault = "reset";
  await waitFor(() => /waiting \d+ s for the intake: .*ECONNRESET/.test(importing.output), {
    what: () => `the import to wait again: ${importing.output}`,
  });
  proxy.fault = undefined;
  expect((await importing.exited).code).toBe(0);
  expect(importing.output).toContain("Imported 1,500 messages of 1,500 lines");
  await waitFor(async () => (await setting.activity("d-0")).length === 1_500, { what: "all to be seen" });
});

/** An intake of its own beside the setting's, or on another Redis. */
async function startIntake(environment: { [name: string]: string }): Promise<{ url: string }> {
  const INTAKE_PORT = String(await freePort());
  const url = `http://127.0.0.1:${INTAKE_PORT}`;
  const env = { ...setting.router.env, INTAKE_PORT, ...environment };
  const intake = await startProcess({
    entry: "apps/intake/src/main.ts",
    env,
    ready: new URL("/readyz", url),
  });
  onTestFinished(() => intake[Symbol.asyncDispose]());
  return { url };
}

test("an import says how many of its messages were known, in its text and as JSON", async () => {
  // Without a spool each message is compared.
  const { url } = await startIntake({ SPOOL_BYTES: "0", DATA_DIR: join(folder, "without-spool") });
  const [first, half] = [join(folder, "first.ndjson"), join(folder, "half.ndjson")];
  const lines = history("g", 3, 1_200);
  await writeFile(first, lines.join("\n"));
  await writeFile(half, [...lines.slice(0, 600), ...history("h", 3, 600)].join("\n"));
  expect((await runImport(first, "--url", url)).output).not.toContain("known");
  const again = await runImport(first, "--url", url);
  expect(again.output).toMatch(
    /Imported 1,200 messages of 1,200 lines in .*\nOf these, 1,200 were known already\.\nSee/,
  );
  expect(again.code).toBe(0);
  const { output } = await runImport(half, "--url", url, "--json");
  expect(JSON.parse(output)).toMatchObject({ sent: 1_200, known: 600, unchecked: 0 });
});

test("F321 an import into a paused source ends with that, and none of it counts as sent", async () => {
  const redis = connectRedis({ url: setting.router.redis.url, profile: "consumer" });
  onTestFinished(() => redis.disconnect());
  const sources = createSourceStore(redis);
  const saved = await sources.create({ name: "Paused", kind: "server", connections: [] });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const [writeKey] = saved.source.writeKeys;
  const file = join(folder, "paused.ndjson");
  await writeFile(file, history("p", 1, 3).join("\n"));
  const run = () => runImport(file, "--write-key", writeKey?.key ?? "");
  const unfed = await run();
  expect(unfed.output).toContain("the intake keeps nothing, as the source feeds no connection: choose one");
  expect(unfed.code).toBe(1);
  await sources.update(saved.source.id, { paused: true });
  await waitFor(async () => (await run()).output.includes("as the source is paused: resume it"), {
    what: "the import to be told of the pause",
  });
});

test("F313 what an intake could not compare while Redis was away is not told as new", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const DATA_DIR = join(folder, "away");
  const { url } = await startIntake({ REDIS_URL: redis.url, DATA_DIR });
  await redis.kill("SIGKILL");
  const file = join(folder, "away.ndjson");
  await writeFile(file, history("i", 1, 5).join("\n"));
  expect((await runImport(file, "--url", url)).output).toMatch(
    /Imported 5 messages of 5 lines in .*\nOf these, 5 could not be compared with the known ones: .* spool/,
  );
});

test.each([
  ["a wrong write key", ["--write-key", "nobody's"], /the intake answers 401: No source has this write key/],
  [
    "a port where nobody listens",
    ["--url", "http://127.0.0.1:9"],
    /no intake answers at http:\/\/127.0.0.1:9/,
  ],
  [
    "https where the intake has none",
    ["--url", "INTAKE"],
    /no intake answers at https:\S+: there is no TLS on this port; is it http:\/\/ that is meant\?\n/,
  ],
  ["what is no intake", ["--url", "SANDBOX"], /what answers 404 at .* is no intake/],
  [
    "a rate of none",
    ["--rate", "0"],
    /--rate <number>.* must be a number above 0\. See npm run cli -- import --help/,
  ],
  [
    "an option there is not",
    ["--rat"],
    /unknown option '--rat'\. Did you mean --rate\? See npm run cli -- import --help/,
  ],
])("%s ends the import with the reason", async (_case, args, reason) => {
  const file = join(folder, "few.ndjson");
  await writeFile(file, history("c", 1, 2).join("\n"));
  const { code, output } = await runImport(
    file,
    ...args.map((arg) =>
      arg
        .replace("SANDBOX", setting.sandboxUrl)
        .replace("INTAKE", setting.router.intakeUrl.replace("http:", "https:")),
    ),
  );
  expect(output).toMatch(reason);
  expect(output).not.toMatch(/at .*\.ts:\d+/);
  expect(code).toBe(1);
});

test("F171 the write key may come from standard input, where nobody else on the machine sees it", async () => {
  const file = join(folder, "key.ndjson");
  await writeFile(file, history("e", 1, 2).join("\n"));
  const { writeKey, intakeUrl } = setting.router;
  const run = (key: string) =>
    promisify(execFile)("sh", ["-c", command, join(repository, "apps/cli/src/main.ts"), file, intakeUrl], {
      env: { ...process.env, KEY: key, WRITE_KEY: "another", DATA_DIR: join(folder, "data") },
    });
  const command = 'printf "%s\\n" "$KEY" | exec node "$0" import "$1" --url "$2" --write-key -';
  expect((await run(writeKey)).stdout).toContain("Imported 2 messages of 2 lines");
  await expect(run("")).rejects.toThrow("--write-key - reads the key from standard input, which is empty");
});

test("--json prints the summary as JSON, and nothing else on standard output", async () => {
  const file = join(folder, "summary.ndjson");
  await writeFile(file, [...history("f", 1, 2), "{not JSON"].join("\n"));
  const { writeKey, intakeUrl } = setting.router;
  const main = join(repository, "apps/cli/src/main.ts");
  const importing = promisify(execFile)(
    process.execPath,
    [main, "import", file, "--url", intakeUrl, "--json"],
    { env: { ...process.env, WRITE_KEY: writeKey, DATA_DIR: join(folder, "data") } },
  );
  const { code, stdout } = await importing.then(
    () => ({ code: 0, stdout: "" }),
    (error: { code: number; stdout: string }) => error,
  );
  expect([code, JSON.parse(stdout)]).toMatchObject([
    1,
    { isDone: true, lines: 3, sent: 2, refusedLines: 1, refusedBy: { "malformed-json": 1 } },
  ]);
});

test("F314 a file that is no NDJSON, or not UTF-8, is told so, and nothing of it is changed on its way", async () => {
  const file = join(folder, "exported.json");
  await writeFile(file, JSON.stringify(history("j", 1, 2).map((line) => JSON.parse(line))));
  const nothing = await runImport(file);
  expect(nothing.output).toMatch(
    /Imported 0 messages of 1 line in .*\n1 line was refused, .*\n +1 {2}not-a-call\nAn import reads NDJSON: /,
  );
  expect((await runImport(file, "--dry-run")).output).toContain("An import reads NDJSON: ");
  const [one = "", two = ""] = history("k", 1, 2);
  await writeFile(file, Buffer.from(`${one}\n${two.replace("E1", "M\xfcller")}`, "latin1"));
  expect((await runImport(file)).output).toMatch(
    /Imported 1 message of 2 lines .*\n1 line was refused, .*\n +1 {2}not-utf8\n/,
  );
});

test.each([
  ["-", {}, "an import reads a file, to continue where it was stopped: not standard input"],
  [
    "few.ndjson",
    { DATA_DIR: "/dev/null/data" },
    "what was sent is written down in DATA_DIR, which cannot be written: ",
  ],
  ["few.ndjson", { args: ["--write-key", ""] }, "the key behind --write-key is empty: is its variable set?"],
])("F315 an import of %s with %o says in its own words what is wrong", async (name, given, reason) => {
  const { args = [], DATA_DIR = join(folder, "data") } = given as { args?: string[]; DATA_DIR?: string };
  const file = name === "-" ? name : join(folder, name);
  if (name !== "-") await writeFile(file, history("l", 1, 2).join("\n"));
  const { writeKey, intakeUrl } = setting.router;
  await using importing = await startProcess({
    entry: "apps/cli/src/main.ts",
    args: ["import", file, "--url", intakeUrl, ...args],
    env: { WRITE_KEY: writeKey, DATA_DIR },
  });
  expect(await importing.exited).toMatchObject({ code: 1 });
  expect(importing.output).toContain(`import: ${reason}`);
});

test("a packed file that was cut off is imported up to there, and the error says how far", async () => {
  const file = join(folder, "cut.ndjson.gz");
  const packed = gzipSync(history("m", 5, 2_000).join("\n"));
  await writeFile(file, packed.subarray(0, Math.floor(packed.length * 0.8)));
  const { code, output } = await runImport(file);
  expect(output).toMatch(
    /^import: the file cannot be read: unexpected end of file \(all up to line 1,?[05]00 is sent\)$/m,
  );
  expect(code).toBe(1);
});

test("a file that is not there is said so", async () => {
  for (const args of [[], ["--dry-run"]]) {
    const { code, output } = await runImport(join(folder, "none.ndjson"), ...args);
    expect(output).toMatch(/^import: the file cannot be read: ENOENT/m);
    expect(output).not.toContain("    at ");
    expect(code).toBe(1);
  }
});
