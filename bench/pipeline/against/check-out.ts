import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

type Checkout = Disposable & { path: string /** Its commit, short. */; commit: string };

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** A commit in a temporary folder with dependencies of its own; removed when disposed, or when this process ends. */
export function checkOut(name: string): Checkout {
  const commit = git("rev-parse", "--verify", "--short", `${name}^{commit}`);
  const folder = mkdtempSync(join(tmpdir(), "customerio-router-against-"));
  const path = join(folder, commit);
  function remove() {
    process.off("exit", remove);
    rmSync(folder, { recursive: true, force: true });
    git("worktree", "prune");
  }
  process.on("exit", remove);
  // By default a signal ends a process without its "exit".
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

  git("worktree", "add", "--detach", path, commit);
  // What it runs on, Node and Redis, is this checkout's; install scripts would only fetch that again.
  run("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], path);
  return { path, commit, [Symbol.dispose]: remove };
}

function git(...args: string[]): string {
  return run("git", args, repository).trim();
}

/** What a command that fails wrote to stderr is in the error. */
function run(command: string, args: string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
