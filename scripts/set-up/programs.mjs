import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { run, say, succeeds } from "./run.mjs";

/** A program that comes with the system, not from npm. `packages`: its package in each package manager. */
export const redisServer = {
  title: "Redis",
  variable: "REDIS_SERVER",
  names: ["redis-server", "valkey-server"],
  packages: { "apt-get": "redis-server", dnf: "valkey", apk: "redis", brew: "redis" },
  otherwise: "or set REDIS_URL to a Redis of your own (the tests need the program itself)",
};

export const chromium = {
  title: "Chromium",
  variable: "CHROMIUM",
  names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  packages: { "apt-get": "chromium", dnf: "chromium", apk: "chromium", brew: "chromium" },
  otherwise: "or set CHROMIUM to the path of a Chromium or Chrome of your own",
};

/** Stands in front of the dashboard, as in docs/deploy.md. */
export const nginx = {
  title: "nginx",
  variable: "NGINX",
  names: ["nginx"],
  packages: { "apt-get": "nginx", dnf: "nginx", apk: "nginx", brew: "nginx" },
  otherwise: "or set NGINX to the path of an nginx of your own",
};

/** Checks the rules for Prometheus; the server comes along with it. */
export const promtool = {
  title: "promtool",
  variable: "PROMTOOL",
  names: ["promtool"],
  packages: {
    "apt-get": "prometheus",
    dnf: "golang-github-prometheus",
    apk: "prometheus",
    brew: "prometheus",
  },
  otherwise: "or set PROMTOOL to the path of a promtool of your own",
};

/** Runs the Python that the dashboard offers to copy. */
export const python = {
  title: "Python",
  variable: "PYTHON",
  names: ["python3"],
  packages: { "apt-get": "python3", dnf: "python3", apk: "python3", brew: "python3" },
  otherwise: "or set PYTHON to the path of a Python 3 of your own",
};

const packageManagers = [
  {
    command: "apt-get",
    steps: [
      ["update", "-qq"],
      ["install", "-y", "-qq", "--no-install-recommends"],
    ],
  },
  { command: "dnf", steps: [["install", "-y", "-q"]] },
  { command: "apk", steps: [["add", "--no-cache"]] },
  { command: "brew", steps: [["install"]], asUser: true },
];

/** The program's path: what its variable says, else the first of its names on PATH. */
export function findProgram({ variable, names }) {
  return process.env[variable] || names.map(findOnPath).find(Boolean);
}

/** Installs it where it is missing; throws with what to do when that is not possible. */
export function ensureProgram(program) {
  if (findProgram(program)) return;
  installProgram(program);
  if (!findProgram(program)) throw new Error(`${program.title} was installed, but is still not on PATH`);
}

/** With the system's package manager. */
function installProgram(program) {
  const { title, packages, otherwise } = program;
  const manager = packageManagers.find(({ command }) => findOnPath(command));
  if (!manager) throw new Error(`${title} is not installed: install it, ${otherwise}`);

  const name = packages[manager.command];
  const commands = manager.steps.map((step, index) => [
    manager.command,
    ...step,
    ...(index === manager.steps.length - 1 ? [name] : []),
  ]);
  const asRoot = manager.asUser ? [] : rootPrefix();
  if (!asRoot) {
    const lines = commands.map((command) => `  ${command.join(" ")}`).join("\n");
    throw new Error(
      `${title} is not installed, and only root may do it. As root, run\n${lines}\n${otherwise}`,
    );
  }
  say(`installing ${title} with ${manager.command} (package ${name}) ...`);
  process.env.DEBIAN_FRONTEND = "noninteractive";
  for (const [command, ...args] of commands.map((words) => [...asRoot, ...words])) run(command, args);
}

/** What to put before a command to run it as root: nothing for root, undefined when there is no way. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return succeeds("sudo", ["-n", "true"]) ? ["sudo", "-n"] : undefined;
}

/** Debian keeps servers outside of the `PATH` of those who are not root. */
function findOnPath(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter).filter(Boolean), "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
