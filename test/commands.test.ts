import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

test("F316 on a fresh clone --help, --version and an unknown option are answered at once, in the command's own words", {
  timeout: 120_000,
}, async () => {
  await using folder = await temporaryFolder();
  copyScripts(folder.path);
  cpSync(join(repository, "package.json"), join(folder.path, "package.json"));
  const before = readdirSync(folder.path);
  const { PATH } = process.env;
  const answer = async (command: string, ...args: string[]) => {
    const run = promisify(execFile)(command, args, { cwd: folder.path, env: { PATH } });
    const { code = 0, stdout, stderr } = await run.catch((error) => error);
    return { code, stdout, stderr };
  };
  const inClone = (...line: string[]) => answer("sh", "scripts/run.sh", "node", ...line);
  const itself = ([entry = "", ...args]: string[]) =>
    answer(process.execPath, join(repository, entry), ...args);

  for (const line of [
    ["scripts/start.ts", "--onec"],
    ["scripts/start.ts", "--help"],
    ["scripts/start.ts", "--version"],
    ["apps/worker/src/main.ts", "--frobnicate"],
    ["apps/cli/src/main.ts", "-h"],
    ["apps/cli/src/main.ts", "import", "file", "--rate=5", "--write-key", "-", "--rats"],
    ["apps/cli/src/main.ts", "connections", "add", "--settings", "{}", "--no-check", "--help"],
    ["apps/cli/src/main.ts", "--frobnicate"],
    ["apps/cli/src/main.ts", "imprt", "file"],
    ["apps/cli/src/main.ts", "connections", "frob"],
  ]) {
    expect({ line, ...(await inClone(...line)) }).toEqual({ line, ...(await itself(line)) });
  }
  expect(readdirSync(folder.path)).toEqual(before);
});

test("F317 an option that npm took, since no -- stands before it, is refused, and no other setting of npm is", async () => {
  const run = (line: string[], environment: { [name: string]: string }) => {
    const { PATH } = process.env;
    const env = { PATH, ...environment };
    const ran = spawnSync(process.execPath, ["scripts/set-up.mjs", "--", "node", ...line], {
      cwd: repository,
      env,
    });
    return [ran.status, String(ran.stderr)];
  };
  const importing = ["apps/cli/src/main.ts", "import", "file"];
  expect(run(["scripts/start.ts"], { npm_config_onec: "true" })).toEqual([
    1,
    "npm start: npm took --onec for an option of its own. Put -- before it: npm start -- --onec\n",
  ]);
  expect(run(importing, { npm_config_dry_run: "true" })).toEqual([
    1,
    "import: npm took --dry-run for an option of its own. Put -- before it: npm run cli -- import --dry-run\n",
  ]);
  expect(run(["apps/intake/src/main.ts"], { npm_config_dry_run: "true" })).toEqual([0, ""]);
  const { stdout } = await promisify(execFile)("npm", ["config", "list", "--long", "--json"], {
    cwd: repository,
  });
  const own = Object.keys(JSON.parse(stdout)).filter((name) => /^[a-z-]+$/.test(name) && name !== "dry-run");
  expect(own.length).toBeGreaterThan(100);
  const allSet = Object.fromEntries(own.map((name) => [`npm_config_${name.replaceAll("-", "_")}`, "true"]));
  for (const [, command] of readFileSync(join(repository, "scripts/set-up/help.txt"), "utf8").matchAll(
    /^=== (.*)$/gm,
  )) {
    expect({ command, ran: run(command?.split(" ") ?? [], allSet) }).toEqual({ command, ran: [0, ""] });
  }
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
  copyScripts(folder);
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

/** What runs before anything is installed. */
function copyScripts(folder: string): void {
  for (const path of ["scripts/run.sh", "scripts/set-up.mjs", "scripts/set-up"]) {
    cpSync(join(repository, path), join(folder, path), { recursive: true });
  }
}
