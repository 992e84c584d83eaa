import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { restrictDataDir } from "@customerio-router/service";
import { identify, isRunning, type ProcessIdentity, signalGroup } from "./processes.ts";

const GRACE_MS = 10_000;

/** `processes` by name, in the order they were first started. */
type Running = { start: ProcessIdentity | undefined; processes: Record<string, ProcessIdentity> };

/** The data folder, for one `npm start` at a time; what that starts is written down, to be found after an unclean end. */
export type ClaimedFolder = Disposable & {
  /** A name's new process takes the place of its former one. */
  remember(name: string, pid: number): Promise<void>;
};

/** Throws when another `npm start` uses the folder; ends what one that was killed has left running. */
export async function claimFolder(path: string): Promise<ClaimedFolder> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`the folder in DATA_DIR cannot be made: ${message}`, { cause: error });
  }
  restrictDataDir(path);
  const file = join(path, "running.json");
  const former = readRunning(file);
  if (former?.start && (await isRunning(former.start))) {
    throw new Error(`another \`npm start\` (process ${former.start.pid}) uses ${path}: stop it first`);
  }
  await endLeftovers(former?.processes ?? {});

  const running: Running = { start: await identify(process.pid), processes: {} };
  const write = () => {
    // In one step: a file cut short would hide what is running.
    writeFileSync(`${file}.new`, JSON.stringify(running), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  write();

  return {
    async remember(name, pid) {
      const identity = await identify(pid);
      if (identity) running.processes[name] = identity;
      write();
    },
    [Symbol.dispose]: () => rmSync(file, { force: true }),
  };
}

function readRunning(file: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Running;
  } catch {
    return undefined;
  }
}

/** Last started first, so that Redis, the first, ends last. */
async function endLeftovers(processes: Running["processes"]): Promise<void> {
  for (const [name, leftover] of Object.entries(processes).reverse()) {
    if (!(await isRunning(leftover))) continue;
    console.log(`Ending ${name} (process ${leftover.pid}), left behind by an \`npm start\` that was killed.`);
    signalGroup(leftover.pid, "SIGTERM");
    const overdue = setTimeout(() => signalGroup(leftover.pid, "SIGKILL"), GRACE_MS);
    while (await isRunning(leftover)) await delay(50);
    clearTimeout(overdue);
  }
}
