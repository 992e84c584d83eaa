import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { oneAtATime } from "./one-at-a-time.mjs";
import { run, say, succeeds } from "./run.mjs";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const nodeMajor = 24;
const isRightNode = process.version.startsWith(`v${nodeMajor}.`);

/** Whether nothing is missing, Node included. `forTests`: also of what an installation for production leaves out. */
export function dependenciesAreReady({ forTests }) {
  return dependenciesAreCurrent({ forTests }) && nodeIsReady();
}

/** Installs what is missing. */
export function ensureDependencies({ forTests }) {
  if (dependenciesAreReady({ forTests })) return;
  oneAtATime(`${repository}.set-up.pid`, () => {
    if (!dependenciesAreCurrent({ forTests })) installDependencies();
    if (!nodeIsReady()) repairNode();
  });
}

/**
 * Compares package-lock.json with the record npm keeps of what it installed, so that an `npm install` done by hand
 * counts. Optional packages are left out: which of them are installed depends on the platform.
 */
function dependenciesAreCurrent({ forTests }) {
  const wanted = readPackages("package-lock.json");
  const installed = readPackages("node_modules/.package-lock.json");
  if (!wanted || !installed) return false;
  // Whoever installed without development dependencies, such as an image with a Node of its own, updates them too.
  if (!forTests && isRightNode && !installed["node_modules/node"]) return true;
  return Object.entries(wanted).every(
    ([path, { version, link, optional }]) =>
      !path.startsWith("node_modules/") ||
      optional ||
      (installed[path]?.version === version && installed[path]?.link === link),
  );
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(`${repository}${path}`, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function installDependencies() {
  say("installing dependencies with `npm ci`, Node 24 among them ...");
  // Also where NODE_ENV says production: the tools, and Node 24 itself, are development dependencies.
  npm("ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error");
}

/** Whether the Node that npm puts first on the path of every script is there and runs; it may be running this. */
function nodeIsReady() {
  if (isRightNode) return true;
  const isRightVersion = `process.exit(process.version.startsWith("v${nodeMajor}.") ? 0 : 1)`;
  return succeeds(`${repository}node_modules/.bin/node`, ["-e", isRightVersion]);
}

/** The package `node` fetches its binary in an install script, which some npm settings hold back. */
function repairNode() {
  say(`fetching Node ${nodeMajor} ...`);
  npm("rebuild", "node", "--ignore-scripts=false", "--loglevel=error");
  if (!nodeIsReady())
    throw new Error(`node_modules/.bin/node is not Node ${nodeMajor}: delete node_modules, try again`);
}

function npm(...args) {
  process.chdir(repository);
  const { npm_execpath: npmCli } = process.env;
  if (npmCli?.endsWith(".js")) run(process.execPath, [npmCli, ...args]);
  else run("npm", args);
}
