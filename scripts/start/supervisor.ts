import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ClaimedFolder } from "./claim-folder.ts";
import { printLog } from "./print-log.ts";
import { signalGroup } from "./processes.ts";
import { waitUntil } from "./wait-until.ts";

const READY_WITHIN_MS = 30_000;
const GRACE_MS = 30_000;
/** A process that ends more often than this within a minute does not come to rest by being started again. */
const MAX_ENDS = 5;
const ENDS_WITHIN_MS = 60_000;

type Program = {
  /** Names its lines of the log. */
  name: string;
  command: string;
  args: string[];
  env: Record<string, string | undefined>;
  /** Where it writes what it has to say; without it, what it prints is shown. */
  log?: string;
  /** One that throws is not ready yet. */
  isReady: () => Promise<boolean>;
};

/** A program that ended before it was ready. */
export class EndedError extends Error {
  override name = "EndedError";
}

/** Keeps processes running and stops them, the last started first, when disposed. */
export type Supervisor = AsyncDisposable & {
  /** Resolves when it is ready; rejects when it ends before, takes too long, or the signal was given. */
  start(program: Program): Promise<void>;
};

/** `onGivenUp` hears of a process that keeps ending. */
export function createSupervisor({
  folder,
  signal,
  onGivenUp,
}: {
  folder: ClaimedFolder;
  signal: AbortSignal;
  onGivenUp: (reason: Error) => void;
}): Supervisor {
  const running = new Map<string, ChildProcess>();
  let isStopping = false;
  process.on("exit", () => {
    for (const { pid } of running.values()) if (pid) signalGroup(pid, "SIGKILL");
  });

  async function run(program: Program): Promise<ChildProcess> {
    const { name, command, args, env } = program;
    // In a group of its own: a terminal's Ctrl-C reaches this process alone, which stops the others in their order.
    const child = spawn(command, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running.set(name, child);
    await once(child, "spawn").catch((error: unknown) => {
      running.delete(name);
      throw error;
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => printLog(name, line));
    }
    await folder.remember(name, child.pid as number);
    return child;
  }

  /** Starts the program again when it ends, unless it is to end. */
  function keepRunning(program: Program, child: ChildProcess, formerEndsMs: number[] = []) {
    child.once("exit", async (code, endSignal) => {
      if (isStopping) return;
      const nowMs = performance.now();
      const endsMs = [...formerEndsMs.filter((ms) => nowMs - ms < ENDS_WITHIN_MS), nowMs];
      const end = `${program.name} ended (${endSignal ?? `exit code ${code}`})`;
      if (endsMs.length >= MAX_ENDS) return onGivenUp(new Error(`${end}, ${MAX_ENDS} times within a minute`));
      console.log(`${end}. Restarting it.`);
      keepRunning(program, await run(program), endsMs);
    });
  }

  async function stop(name: string, child: ChildProcess): Promise<void> {
    const pid = child.pid as number;
    if (child.exitCode === null && child.signalCode === null) {
      const overdue = setTimeout(() => {
        console.log(`${name} did not stop in time: killing it.`);
        signalGroup(pid, "SIGKILL");
      }, GRACE_MS);
      signalGroup(pid, "SIGTERM");
      await once(child, "exit");
      clearTimeout(overdue);
    }
    running.delete(name);
  }

  return {
    async start(program) {
      const child = await run(program);
      const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
      await waitUntil(async () => hasEnded() || (await program.isReady()), {
        otherwise: () => `${program.name} is not ready after ${READY_WITHIN_MS / 1_000} seconds`,
        timeoutMs: READY_WITHIN_MS,
        signal,
      });
      if (hasEnded()) throw new EndedError(`${program.name} did not start: see ${program.log ?? "above"}`);
      keepRunning(program, child);
    },
    async [Symbol.asyncDispose]() {
      isStopping = true;
      for (const [name, child] of [...running].reverse()) await stop(name, child);
    },
  };
}
