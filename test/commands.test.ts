import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
/** By their entry: several scripts are commands of one. */
const entries = new Map(
  Object.entries(scripts).flatMap(([name, script]) => {
    const [, entry] = /\bnode .*?(\S+\.ts)/.exec(script) ?? [];
    return entry === undefined ? [] : [[entry, name] as const];
  }),
);

test("each script installs what is missing before it runs", () => {
  const others = Object.entries(scripts).filter(([, script]) => !/^exec sh scripts\/run\.sh /.test(script));
  expect(others).toEqual([["test", expect.stringMatching(/^node scripts\/set-up\.mjs --for-tests && /)]]);
});

test("F310 each script refuses an option it does not know before it does anything, and says where to look", async () => {
  expect(entries.size).toBeGreaterThan(15);
  const waiting = [...entries];
  const refuseNext = async (): Promise<void> => {
    const [entry, name] = waiting.pop() ?? [];
    if (entry === undefined) return;
    // With nothing in its environment: an app would refuse that, if it came to it.
    const run = promisify(execFile)(process.execPath, [entry, "--frobnicate"], {
      cwd: repository,
      env: { NODE_COMPILE_CACHE: join(repository, "node_modules/.cache/compiled") },
    });
    const ended = await run.catch((error) => error);
    expect({ name, ...ended }).toMatchObject({ name, code: 1, stdout: "" });
    expect(ended.stderr).toMatch(/^[\w: -]+: unknown option '--frobnicate'\. See npm .* --help\n$/);
    return refuseNext();
  };
  await Promise.all([refuseNext(), refuseNext()]);
});

test("--help of an app lists the variables that it reads, and --version tells the version", async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, args, { cwd: repository, env: {} });
  const help = (await run("apps/sandbox/src/main.ts", "--help")).stdout;
  expect(help).toMatch(/^Usage: npm run sandbox -- \[options\]$/m);
  for (const name of ["SANDBOX_PORT", "SANDBOX_API_KEY", "LOG_LEVEL"]) {
    expect(help).toMatch(new RegExp(`^ +${name} +\\S`, "m"));
  }
  const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  expect((await run("scripts/start.ts", "--version")).stdout).toBe(`${version}\n`);
});

test("F311 on a fresh clone a script installs first, once, and leaves input, output, signals and exit code to the command", async () => {
  await using folder = await temporaryFolder();
  makeClone(folder.path);
  const run = (script: string) =>
    spawn("npm", ["run", "--silent", script], { cwd: folder.path, env: { ...process.env } });

  const both = [run("echo"), run("echo")];
  for (const child of both) child.stdin.end("a line\n");
  const outputs = await Promise.all(
    both.map(async (child) => {
      const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
      return [stdout, code];
    }),
  );
  expect(outputs).toEqual([
    ["a line\n", 3],
    ["a line\n", 3],
  ]);
  expect(existsSync(join(folder.path, "node_modules/part"))).toBe(true);
  expect(existsSync(join(folder.path, ".set-up.pid"))).toBe(false);

  const waiting = run("wait");
  const said: string[] = [];
  waiting.stdout.on("data", (chunk) => said.push(String(chunk)));
  const exited = once(waiting, "close");
  await waitFor(() => said.join("").includes("waiting"), { what: "the command to run" });
  // npm passes it on.
  waiting.kill("SIGTERM");
  await exited;
  expect(said.join("")).toBe("waiting\nSIGTERM\n");
});

/** A repository of one package without dependencies, so that npm needs no network. */
function makeClone(folder: string): void {
  cpSync(join(repository, "scripts/run.sh"), join(folder, "scripts/run.sh"));
  cpSync(join(repository, "scripts/set-up.mjs"), join(folder, "scripts/set-up.mjs"));
  cpSync(join(repository, "scripts/set-up"), join(folder, "scripts/set-up"), { recursive: true });
  const write = (path: string, content: unknown) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  };
  const root = {
    name: "clone",
    version: "1.0.0",
    workspaces: ["part"],
    scripts: { echo: "exec sh scripts/run.sh node echo.ts", wait: "exec sh scripts/run.sh node wait.ts" },
  };
  write("package.json", root);
  write("part/package.json", { name: "part", version: "1.0.0" });
  write("package-lock.json", {
    ...{ name: "clone", version: "1.0.0", lockfileVersion: 3, requires: true },
    packages: {
      "": root,
      part: { version: "1.0.0" },
      "node_modules/part": { resolved: "part", link: true },
    },
  });
  write("echo.ts", "process.stdin.pipe(process.stdout); process.exitCode = 3 as number;");
  write(
    "wait.ts",
    'process.on("SIGTERM", (name: string) => { console.log(name); process.exit(); });\nconsole.log("waiting");\nsetInterval(() => {}, 1_000);',
  );
}
